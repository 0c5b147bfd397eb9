// Runs behind the user's copy of axe-core, in a world of its own: the page has no way in. What axe-core finds is told
// as JSON in `plainwayAxe.told`, its elements stand in `plainwayAxe.kept`. Lengths are cut here so that little is sent.
(() => {
  const state = { told: '', kept: [] };
  globalThis.plainwayAxe = state;
  const text = (value, most) => (typeof value === 'string' ? value : '').slice(0, most);
  const tell = (what) => { state.told = JSON.stringify({ version: text(globalThis.axe?.version, 40), ...what }); };

  // Results by their rules; elements by their places in `kept`.
  const take = (answer) => {
    const results = [];
    for (const [list, fails] of [[answer.violations, true], [answer.incomplete, false]]) {
      for (const result of list.slice(0, 100)) {
        const nodes = result.nodes;
        const elements = [];
        for (let at = 0; at < nodes.length && elements.length < 50 && state.kept.length < 500; at++) {
          const element = nodes[at].element;
          if (element instanceof Element) elements.push(state.kept.push(element) - 1);
        }
        results.push({
          rule: text(result.id, 60),
          help: text(result.help, 200),
          impact: text(result.impact, 20),
          tags: [...result.tags].slice(0, 40).map((tag) => text(tag, 20)),
          fails,
          elements,
          count: nodes.length,
        });
      }
    }
    return results;
  };

  if (typeof globalThis.axe?.run !== 'function') {
    tell({ trouble: 'not-axe' });
    return;
  }
  // Rules with a success criterion alone; frames are not looked into, and nothing is asked for.
  const levels = ['wcag2a', 'wcag2aa', 'wcag2aaa', 'wcag21a', 'wcag21aa', 'wcag21aaa', 'wcag22a', 'wcag22aa', 'wcag22aaa'];
  const options = {
    runOnly: { type: 'tag', values: levels },
    resultTypes: ['violations', 'incomplete'],
    elementRef: true,
    iframes: false,
    preload: false,
  };
  const failed = () => tell({ trouble: 'failed' });
  const answered = (answer) => {
    try {
      tell({ results: take(answer) });
    } catch {
      tell({ trouble: 'garbled' });
    }
  };
  try {
    Promise.resolve(globalThis.axe.run(document, options)).then(answered, failed);
  } catch {
    failed();
  }
})();
