// Runs in a world of its own when the page has settled: what the tree alone would not show is written into it. Says whether
// anything was.
(() => {
  for (const animation of document.getAnimations()) {
    try { animation.finish(); } catch { animation.cancel(); }
  }
  // Rules that script added without text, as libraries do that write styles in script.
  const text = (sheet) => { try { return Array.from(sheet.cssRules, (rule) => rule.cssText).join('\n'); } catch { return ''; } };
  let isWritten = false;
  for (const style of document.querySelectorAll('style')) {
    const rules = style.sheet && style.textContent.trim() === '' ? text(style.sheet) : '';
    if (rules === '') continue;
    style.textContent = rules;
    isWritten = true;
  }
  // Once in a world: read again, it must not write them again.
  const isNew = !globalThis.plainwayRead;
  globalThis.plainwayRead = true;
  for (const sheet of isNew ? document.adoptedStyleSheets : []) {
    const style = document.createElement('style');
    style.textContent = text(sheet);
    document.head.append(style);
    isWritten = true;
  }
  return isWritten;
})();
