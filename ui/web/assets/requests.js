// Share requests in place: a form is sent and its card replaced, without leaving the page or losing the place on it.
// Without this script the same forms work as ordinary ones. What comes back was escaped by the server.
(() => {
  'use strict';
  const FAILED = '没有连上服务器，内容没有保存，请再试一次。';

  // In a conversation it is the conversation that asks; on its own page the card does.
  const part = (element) => ({ 'X-Part': element.closest('#history') ? 'talk' : 'card' });

  const say = (card, text) => {
    let told = card.querySelector('.rq-problem');
    if (!told) {
      told = document.createElement('p');
      told.className = 'rq-problem';
      told.setAttribute('role', 'alert');
      card.querySelector('.rq-head')?.after(told);
    }
    told.textContent = text;
  };

  const replace = (card, html) => {
    const fresh = new DOMParser().parseFromString(html, 'text/html').querySelector('.rq-card');
    if (!fresh) return false;
    // What was unfolded stays unfolded; a form that has just been sent does not.
    const open = [...card.querySelectorAll('details.rq-fold[open] > summary')].map((s) => s.textContent.slice(0, 4));
    for (const fold of fresh.querySelectorAll('details.rq-fold')) {
      if (open.includes(fold.querySelector('summary').textContent.slice(0, 4))) fold.open = true;
    }
    card.replaceWith(fresh);
    const told = fresh.querySelector('.rq-problem, .rq-note');
    const next = fresh.querySelector('.rq-next textarea, .rq-next select, .rq-next input:not([type="hidden"])');
    (fresh.querySelector('.rq-problem') ? told : next || told)?.focus?.({ preventScroll: true });
    if (told && told.getBoundingClientRect().top < 0) fresh.scrollIntoView({ block: 'start' });
    return true;
  };

  const send = async (form, button) => {
    const card = form.closest('.rq-card');
    if (card.getAttribute('aria-busy') === 'true') return; // one at a time: a second click sends nothing
    card.setAttribute('aria-busy', 'true');
    const body = new URLSearchParams(new FormData(form, button));
    try {
      const answer = await fetch(form.getAttribute('action'), { method: 'POST', body, headers: part(card) });
      if (!replace(card, await answer.text())) say(card, answer.ok ? FAILED : '没有办成，请刷新页面后再看。');
    } catch (_) {
      say(card, FAILED);
    }
    card.removeAttribute('aria-busy');
  };

  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.closest('.rq-card')) return;
    event.preventDefault();
    send(form, event.submitter);
  });

  // 「先填下一项」 opens the next field without leaving the card.
  document.addEventListener('click', async (event) => {
    const link = event.target instanceof Element ? event.target.closest('.rq-card .rq-skip') : null;
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const card = link.closest('.rq-card');
    try {
      const answer = await fetch(link.getAttribute('href'), { headers: part(card) });
      if (!replace(card, await answer.text())) location.href = link.href;
    } catch (_) {
      say(card, FAILED);
    }
  });

  // A conversation shows a place for its newest draft; the card is fetched into it as the request stands now.
  const load = async (place) => {
    place.dataset.rqLoaded = 'yes';
    try {
      const answer = await fetch(place.dataset.rqCard, { headers: part(place) });
      const card = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('.rq-card');
      if (answer.ok && card) place.replaceWith(card);
    } catch (_) {
      /* what the conversation says of the draft stays on screen */
    }
  };
  const look = () => {
    const places = [...document.querySelectorAll('#history [data-rq-card]')];
    const newest = places.at(-1);
    if (newest && !newest.dataset.rqLoaded) load(newest);
  };
  const start = () => {
    const history = document.getElementById('history');
    if (history) new MutationObserver(look).observe(history, { childList: true, subtree: true });
    else if (!document.body.classList.contains('rq-body')) return void setTimeout(start, 100);
    look();
  };
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start);
  else start();
})();
