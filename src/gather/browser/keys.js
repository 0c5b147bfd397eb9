// Runs in a world of its own, on a page whose clock stands still: what the keyboard meets. Each function is asked for
// by its name; `kept` holds the elements that had the focus.
globalThis.plainwayKeys = (() => {
  // What changes shows at once.
  const still = new CSSStyleSheet();
  still.replaceSync('*, *::before, *::after { transition: none !important; animation: none !important; caret-color: transparent !important; }');
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, still];
  const scrolled = () => [...document.querySelectorAll('*')].filter((e) => e.scrollTop !== 0 || e.scrollLeft !== 0);
  const places = new Map(scrolled().map((e) => [e, [e.scrollTop, e.scrollLeft]]));
  const open = document.querySelectorAll(':popover-open').length;

  const kept = [];
  const PROPERTIES = ['boxShadow', 'backgroundColor', 'backgroundImage', 'backgroundPosition', 'backgroundSize', 'color', 'fill', 'stroke', 'textShadow', 'opacity', 'transform', 'filter',
    'visibility', 'display', 'content', 'fontWeight', 'fontSize', 'width', 'height', 'top', 'left', 'clip', 'clipPath', 'zIndex'];
  // A frame or line that is not drawn may have any colour and distance.
  const lines = (style) => [['outline', 'Offset'], ['borderTop'], ['borderBottom'], ['borderLeft']].map(([line, more]) =>
    style[line + 'Style'] === 'none' || style[line + 'Width'] === '0px' ? '' : [style[line + 'Style'], style[line + 'Width'], style[line + 'Color'], more ? style[line + more] : ''].join(' ')).join('|')
    + (style.textDecorationLine === 'none' ? '' : [style.textDecorationLine, style.textDecorationColor, style.textDecorationStyle, style.textDecorationThickness].join(' '));

  const active = () => {
    let e = document.activeElement;
    while (e && e.shadowRoot && e.shadowRoot.activeElement) e = e.shadowRoot.activeElement;
    return e && e !== document.body && e !== document.documentElement ? e : null;
  };
  const over = (e) => e.parentElement || (e.getRootNode() instanceof ShadowRoot ? e.getRootNode().host : null);

  // Where a sign of the focus can be: in the element, on what is around it, beside it, and on its label.
  const near = (e) => {
    const all = new Set([e]);
    for (let up = over(e), n = 0; up && n < 4; up = over(up), n++) all.add(up);
    let inside = 0;
    for (const child of e.querySelectorAll('*')) { if (inside++ < 20) all.add(child); }
    for (const label of e.labels || []) { all.add(label); for (const child of [...label.querySelectorAll('*')].slice(0, 10)) all.add(child); }
    for (let next = e.nextElementSibling, n = 0; next && n < 3; next = next.nextElementSibling, n++) all.add(next);
    return [...all];
  };
  const look = (e) => near(e).filter((one) => !isHidden(one)).map((one) => ['', '::before', '::after'].map((part) => {
    const style = getComputedStyle(one, part);
    return (part && style.content === 'none') ? '' : PROPERTIES.map((name) => style[name]).join('|') + lines(style);
  }).join('\n')).join('\n\n');

  const box = (e) => { const r = e.getBoundingClientRect(); return [r.left, r.top, r.width, r.height]; };
  const isHidden = (e) => {
    const r = e.getBoundingClientRect();
    if (r.width < 2 || r.height < 2 || r.right + scrollX <= 0 || r.bottom + scrollY <= 0) return true;
    const own = getComputedStyle(e);
    if (own.clipPath === 'inset(50%)' || own.clipPath === 'inset(100%)' || /^rect\((0px|1px),? (0px|1px),? (0px|1px),? (0px|1px)\)$/.test(own.clip) && own.position === 'absolute') return true;
    for (let up = e; up; up = over(up)) { if (getComputedStyle(up).opacity === '0') return true; }
    return false;
  };
  // Whether something that stays on the window hides the whole of it.
  const isCovered = (e) => {
    const r = e.getBoundingClientRect();
    const points = [[0.5, 0.5], [0.1, 0.1], [0.9, 0.1], [0.1, 0.9], [0.9, 0.9]].map(([x, y]) => [r.left + r.width * x, r.top + r.height * y]);
    const seen = points.filter(([x, y]) => x >= 0 && y >= 0 && x < innerWidth && y < innerHeight);
    if (seen.length < 5) return false;
    return seen.every(([x, y]) => {
      const top = document.elementFromPoint(x, y);
      if (!top || top.contains(e) || e.contains(top) || e.getRootNode() !== document) return false;
      let stays = false, paints = false;
      for (let up = top; up && !up.contains(e); up = up.parentElement) {
        const style = getComputedStyle(up);
        stays = stays || style.position === 'fixed' || style.position === 'sticky';
        paints = paints || (/^rgb\(/.test(style.backgroundColor) && style.opacity === '1');
      }
      return stays && paints;
    });
  };
  const TYPED = new Set(['text', 'search', 'url', 'tel', 'email', 'password', 'number', 'date', 'time', 'datetime-local', 'month', 'week']);
  const has = (e, selector) => { for (let up = e; up; up = over(up)) { if (up.matches(selector)) return true; } return false; };

  return {
    kept,
    // What has the focus now.
    stop() {
      const e = active();
      if (!e) return null;
      let known = kept.indexOf(e);
      const isNew = known < 0;
      if (isNew) known = kept.push(e) - 1;
      const style = getComputedStyle(e);
      // The browser's own frame, and the caret of what is typed in: there is no doubt about them.
      const framed = style.outlineStyle === 'auto' || e.isContentEditable || e.tagName === 'TEXTAREA' || (e.tagName === 'INPUT' && TYPED.has(e.type));
      return { known, isNew, framed: framed && !isHidden(e), hidden: isHidden(e), covered: isCovered(e),
        frame: ['IFRAME', 'OBJECT', 'EMBED', 'VIDEO', 'AUDIO'].includes(e.tagName),
        parts: e.tagName === 'INPUT' && !['text', 'checkbox', 'radio'].includes(e.type),
        dialog: has(e, 'dialog, [role="dialog"], [role="alertdialog"], [aria-modal="true"]'),
        // A link to a place on this page, which the first stop often is.
        jump: e.tagName === 'A' && (e.getAttribute('href') || '').length > 1 && e.getAttribute('href').startsWith('#') };
    },
    // Takes the focus away, and gives it back as the keyboard would; how it looks before and after.
    leave(n) { const e = active(); if (e) e.blur(); kept[n].scrollIntoView({ block: 'center', behavior: 'instant' }); return { look: look(kept[n]), box: box(kept[n]) }; },
    enter(n) { kept[n].focus({ focusVisible: true }); return { look: look(kept[n]), box: box(kept[n]), has: active() === kept[n] }; },
    // How many that Tab should reach are outside of what it met.
    missed() {
      let missed = 0;
      for (const e of document.querySelectorAll('a[href], button, input, select, textarea, summary')) {
        if (e.disabled || e.tabIndex < 0 || e.type === 'hidden' || e.type === 'radio' || kept.includes(e) || has(e, '[inert], [hidden]')) continue;
        const r = e.getBoundingClientRect();
        if (r.width > 1 && r.height > 1 && getComputedStyle(e).visibility === 'visible') missed++;
      }
      return missed;
    },
    // Whether the focus is now at or behind the place that the first stop leads to; null where there is no such place.
    landed() {
      let id = kept[0].getAttribute('href').slice(1);
      try { id = decodeURIComponent(id); } catch { /* as it stands */ }
      const place = document.getElementById(id) || document.getElementsByName(id)[0];
      if (!place) return null;
      const e = active();
      return !e || place.contains(e) || (place.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
    },
    // Leaves the page as it was met: nothing has the focus, and all is scrolled to where it was. Says whether that worked.
    end() {
      active()?.blur();
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== still);
      for (const e of new Set([...scrolled(), ...places.keys()])) {
        const [top, left] = places.get(e) || [0, 0];
        e.scrollTo({ top, left, behavior: 'instant' });
      }
      const now = scrolled();
      return !active() && now.length === places.size && now.every((e) => places.has(e)) && document.querySelectorAll(':popover-open').length === open;
    },
  };
})();
0;
