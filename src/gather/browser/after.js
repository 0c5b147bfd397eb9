// Runs in a world of its own when the page has settled: what the tree alone would not show is written into it.
(() => {
  for (const animation of document.getAnimations()) {
    try { animation.finish(); } catch { animation.cancel(); }
  }
  // Rules that script added without text, as libraries do that write styles in script.
  const text = (sheet) => { try { return Array.from(sheet.cssRules, (rule) => rule.cssText).join('\n'); } catch { return ''; } };
  for (const style of document.querySelectorAll('style')) {
    if (style.sheet && style.textContent.trim() === '') style.textContent = text(style.sheet);
  }
  // Once in a world: read again, it must not write them again.
  const isNew = !globalThis.plainwayRead;
  globalThis.plainwayRead = true;
  for (const sheet of isNew ? document.adoptedStyleSheets : []) {
    const style = document.createElement('style');
    style.textContent = text(sheet);
    document.head.append(style);
  }
})();
