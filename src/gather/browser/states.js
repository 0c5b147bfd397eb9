// Runs in a world of its own: what a person may press on the page, what the page shows then, and what it does when it is left alone.
globalThis.plainwayStates ??= (() => {
  const isShown = (e) => e.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const inSight = (e) => {
    if (!isShown(e)) return false;
    const r = e.getBoundingClientRect();
    return r.width > 1 && r.height > 1 && r.right + scrollX > 0 && r.bottom + scrollY > 0;
  };
  const all = (root, out) => {
    for (const e of root.querySelectorAll('*')) { out.push(e); if (e.shadowRoot) all(e.shadowRoot, out); }
    return out;
  };
  const tidy = (text) => text.replace(/\s+/g, ' ').trim();
  const named = (e) => (e.getAttribute('aria-labelledby') || '').split(/\s+/).map((id) => (id && document.getElementById(id)?.innerText) || '').join(' ').trim();
  const name = (e) => tidy(named(e) || e.getAttribute('aria-label') || e.innerText || e.value || e.querySelector('img[alt]')?.alt || e.title || '').slice(0, 80);
  const opens = (e) => e.tagName === 'SUMMARY' || e.getAttribute('role') === 'tab' || ['true', 'false'].includes(e.getAttribute('aria-expanded'))
    || !['', 'false'].includes(e.getAttribute('aria-haspopup') || '');
  // A press that would send, clear, or leave is none of ours: told by the kind of control, never by its words.
  const mayPress = (e) => {
    const role = e.getAttribute('role') || '';
    const isLink = e.tagName === 'A' && e.hasAttribute('href');
    const isButton = e.tagName === 'BUTTON' || role === 'button' || role === 'tab' || (e.tagName === 'INPUT' && e.type === 'button')
      || (e.hasAttribute('onclick') && !isLink);
    if (isLink) {
      // `#/step` is a screen that a script draws, and `#` alone leads nowhere without one; `#part` is a part of the page.
      const href = e.getAttribute('href').trim();
      const isRoute = href === '#' || /^#!?\//.test(href);
      if (!isRoute && !((href.startsWith('#') || href === '') && (opens(e) || isButton))) return false;
    } else if (!isButton && !opens(e)) return false;
    if (e.disabled || e.getAttribute('aria-disabled') === 'true' || e.closest('[inert]')) return false;
    if ((e.tagName === 'BUTTON' || e.tagName === 'INPUT') && e.form && e.type !== 'button') return false;
    if (['INPUT', 'TEXTAREA', 'SELECT'].includes(e.tagName) && e.type !== 'button') return false;
    if (e.hasAttribute('formaction')) return false;
    return inSight(e);
  };
  const way = (e) => {
    const parts = [];
    for (let up = e; up && up !== document.documentElement; up = up.parentElement || (up.getRootNode().host || null)) {
      let n = 0;
      for (let s = up; s; s = s.previousElementSibling) n++;
      parts.push(up.id ? '#' + up.id : up.tagName + n);
      if (up.id) break;
    }
    return parts.reverse().join('/');
  };
  const pressable = () => all(document, []).filter(mayPress);
  let found = [];
  // What could be pressed before the last press.
  let before = new Set();
  // What changes by itself, such as a clock or a row of pictures that goes on: it tells nothing of a press.
  let restless = new Set(), touched = new Set(), observer = null;
  const note = (records) => {
    for (const record of records) touched.add(record.target.nodeType === 1 ? record.target : record.target.parentElement);
  };
  const observe = (call) => {
    observer = new MutationObserver(call);
    observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  };
  const look = () => {
    const lines = [];
    let heading = '', skip = null;
    for (const e of document.body ? all(document.body, []) : []) {
      if (skip && skip.contains(e)) continue;
      skip = restless.has(e) ? e : null;
      if (skip || ['SCRIPT', 'STYLE'].includes(e.tagName) || !isShown(e)) continue;
      let text = '';
      for (const child of e.childNodes) if (child.nodeType === 3) text += child.data;
      // Numbers that count make no other state.
      text = tidy(text).replace(/\d+/g, '0');
      const states = ['role', 'aria-selected', 'aria-checked', 'aria-pressed', 'aria-current'].map((a) => e.getAttribute(a) || '').join(',');
      lines.push([e.tagName, text, states].join(' '));
      if (!heading && (/^H[1-3]$/.test(e.tagName) || e.getAttribute('role') === 'heading')) heading = tidy(e.textContent).replace(/\d+/g, '0');
    }
    return { lines, heading, controls: pressable().map((e) => name(e) + ' ' + way(e)) };
  };
  const idle = { log: [], left: null, last: 0, waits: false };
  const check = () => {
    const [now, shown] = [performance.now(), look()];
    idle.last = now;
    const known = idle.log.at(-1);
    if (!known || known.look.lines.join('\n') !== shown.lines.join('\n')) idle.log.push({ at: now, look: shown });
  };
  return {
    // What can be pressed, in the order of the page; nothing that is called by a phrase which stands for an act.
    list(acts) {
      const words = (text) => ' ' + text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ').trim() + ' ';
      const isAct = (e) => { const own = words(`${name(e)} ${e.title} ${e.id}`); return acts.some((act) => own.includes(words(act))); };
      found = pressable().filter((e) => !isAct(e));
      return found.map((e) => ({ name: name(e), way: way(e), old: before.has(e) }));
    },
    // What can be pressed now is nothing new after the next press.
    mark() { before = new Set(found); },
    // Brings one into the window; where its middle is, null where something else lies over it.
    aim(n) {
      const e = found[n];
      e.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
      const r = e.getBoundingClientRect();
      const [x, y] = [r.left + r.width / 2, r.top + r.height / 2];
      const top = e.getRootNode().elementFromPoint(x, y);
      return top && (e.contains(top) || top.contains(e) && top.shadowRoot) ? [x, y] : null;
    },
    // One of those that were listed.
    element: (n) => found[n],
    // Begins to watch what changes by itself, and ends it.
    watch() { touched = new Set(); observe(note); },
    still() {
      note(observer.takeRecords());
      observer.disconnect();
      const controls = pressable();
      const isSmall = (e) => e && e !== document.body && e !== document.documentElement && !controls.some((c) => e.contains(c));
      restless = new Set([...touched].filter(isSmall));
    },
    look,
    // The part of the address that a script may have set.
    route: () => location.hash.split('?')[0],
    now: () => performance.now(),
    // Notes what the page shows from now on, and when it is left.
    leave() {
      idle.log = [];
      check();
      observe(() => {
        if (idle.waits) return;
        const rest = 500 - (performance.now() - idle.last);
        if (rest <= 0) return check();
        idle.waits = true;
        setTimeout(() => { idle.waits = false; check(); }, rest);
      });
      globalThis.navigation?.addEventListener('navigate', (event) => {
        if (!event.hashChange && event.navigationType !== 'traverse') idle.left ??= [performance.now(), event.destination.url];
      });
    },
    // What was noted: at most so many of the last changes.
    idled: () => ({ log: idle.log.slice(0, 12), left: idle.left, now: performance.now() }),
  };
})();
0;
