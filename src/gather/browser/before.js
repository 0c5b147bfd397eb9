// Runs in every document before its own scripts: the same page is drawn the same, and what would disturb a
// person or leave the page is told and does nothing.
(() => {
  const tell = globalThis.plainwayTell;
  delete globalThis.plainwayTell;
  const say = (what) => { try { tell(what); } catch { /* a frame has nobody to tell */ } };

  // A small generator (mulberry32) that starts the same on every page.
  let seed = 0x9e3779b9;
  const random = () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  Math.random = random;
  Crypto.prototype.getRandomValues = function (array) {
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    for (let i = 0; i < bytes.length; i++) bytes[i] = Math.floor(random() * 256);
    return array;
  };
  Crypto.prototype.randomUUID = () =>
    '10000000-1000-4000-8000-100000000000'.replace(/[018]/g, (c) => (+c ^ (Math.floor(random() * 16) >> (+c / 4))).toString(16));

  // Frames come when the machine has time for them; timers come by the page's own clock.
  globalThis.requestAnimationFrame = (call) => setTimeout(() => call(performance.now()), 16);
  globalThis.cancelAnimationFrame = (id) => clearTimeout(id);
  globalThis.requestIdleCallback = (call) => setTimeout(() => call({ didTimeout: false, timeRemaining: () => 10 }), 1);
  globalThis.cancelIdleCallback = (id) => clearTimeout(id);

  globalThis.alert = () => say('dialog');
  globalThis.confirm = () => (say('dialog'), false);
  globalThis.prompt = () => (say('dialog'), null);
  globalThis.print = () => say('dialog');
  globalThis.open = () => (say('window'), null);
  for (const name of ['requestSubmit', 'submit']) {
    HTMLFormElement.prototype[name] = () => say('submit');
  }
  navigator.sendBeacon = () => true;
  const ask = (owner, name, answer) => {
    if (owner && owner[name]) owner[name] = (...args) => (say('permission'), answer(...args));
  };
  const denied = () => Promise.reject(new DOMException('denied', 'NotAllowedError'));
  ask(globalThis.Geolocation && Geolocation.prototype, 'getCurrentPosition', (_, no) => { if (no) setTimeout(() => no({ code: 1, message: 'denied' }), 0); });
  ask(globalThis.Geolocation && Geolocation.prototype, 'watchPosition', (_, no) => { if (no) setTimeout(() => no({ code: 1, message: 'denied' }), 0); return 0; });
  ask(globalThis.Notification, 'requestPermission', () => Promise.resolve('denied'));
  ask(globalThis.MediaDevices && MediaDevices.prototype, 'getUserMedia', denied);
  ask(globalThis.Element && Element.prototype, 'requestFullscreen', denied);
  // A socket that never opens; the real one would try in its own time.
  globalThis.WebSocket = class extends EventTarget {
    constructor() { super(); this.readyState = 0; }
    send() {}
    close() { this.readyState = 3; }
  };
  globalThis.RTCPeerConnection = undefined;
})();
