// Signing in or out in another tab changes who asks in this one; when it is looked at again, it shows who that is.
(() => {
  'use strict';
  const shown = () => document.querySelector('#account [data-who]')?.dataset.who || '';
  const look = async () => {
    if (document.visibilityState !== 'visible') return;
    if (!document.querySelector('#account') || !document.querySelector('#history .welcome, #history .turn')) return; // not up yet
    if (document.getElementById('stop')?.offsetParent) return; // an answer is under way
    try {
      const reply = await fetch('api/me', { headers: { Accept: 'application/json' } });
      const me = reply.ok ? await reply.json() : null;
      if (reply.status === 401 || (me && (me.signed_in ? me.id : '') !== shown())) location.reload();
    } catch (_) {
      /* no connection: the page says so by itself */
    }
  };
  document.addEventListener('visibilitychange', look);
  window.addEventListener('focus', look);
})();
