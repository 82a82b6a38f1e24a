// The page's own behaviour: address bar, this browser's list of conversations, sorting, copying, keys.
// Everything here reads text that the server has already escaped and writes text, never markup.
(() => {
  'use strict';
  const STORE = 'zhengwen.conversations';
  const MOST = 200;

  const read = () => {
    try {
      const ids = JSON.parse(localStorage.getItem(STORE) || '[]');
      return Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [];
    } catch (_) {
      return [];
    }
  };
  const write = (ids) => {
    try {
      localStorage.setItem(STORE, JSON.stringify(ids.slice(-MOST)));
    } catch (_) {
      /* a browser that keeps nothing still works for one visit */
    }
  };

  const current = () => new URLSearchParams(location.search).get('c') || '';
  const known = () => JSON.stringify([...new Set([...read(), current()])].filter(Boolean));
  const remember = (id) => {
    const url = new URL(location.href);
    if (id) url.searchParams.set('c', id);
    else url.searchParams.delete('c');
    if (url.href !== location.href) history.replaceState(null, '', url);
    if (id) write([...read().filter((other) => other !== id), id]);
  };

  // What a click in the list means, after asking the person where it matters.
  const confirmed = (button) => {
    const { action, id, title } = button.dataset;
    document.body.classList.remove('side-open');
    if (action === 'delete' && !window.confirm('删除这个对话？删除后不能恢复。')) return null;
    if (action === 'rename') {
      const name = window.prompt('新的名称：', title || '');
      return name && name.trim() ? { action, id, title: name.trim() } : null;
    }
    if (action === 'delete') write(read().filter((other) => other !== id));
    return { action, id: id || '' };
  };

  // One question at a time: a second one waits in the box until the first is answered or stopped.
  const TAKEN_UP = 3000; // milliseconds after which a question that never began no longer holds others back
  let taken = -Infinity;
  const answering = () => Boolean(document.getElementById('stop')?.offsetParent);
  const take = () => {
    if (answering() || performance.now() - taken < TAKEN_UP) return false;
    taken = performance.now();
    return true;
  };

  window.zhengwen = { current, known, remember, confirm: confirmed, take };

  const copy = async (text) => {
    if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
    const area = document.createElement('textarea');
    area.value = text;
    area.style.position = 'fixed';
    area.style.opacity = '0';
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
  };

  const toggle = (head, open) => {
    const panel = document.getElementById(head.dataset.toggle);
    const next = open === undefined ? head.getAttribute('aria-expanded') !== 'true' : open;
    head.setAttribute('aria-expanded', String(next));
    panel?.classList.toggle('open', next);
  };

  const cite = (button) => {
    const head = document.querySelector(`[data-toggle="${button.dataset.panel}"]`);
    if (head) toggle(head, true);
    const source = document.getElementById(button.dataset.cite);
    if (!source) return;
    source.scrollIntoView({ block: 'nearest', behavior: 'smooth' });
    source.focus({ preventScroll: true });
    source.classList.remove('flash');
    void source.offsetWidth;
    source.classList.add('flash');
  };

  const sort = (button) => {
    const heading = button.closest('th');
    const table = button.closest('table');
    const column = Number(button.dataset.sort);
    const down = heading.getAttribute('aria-sort') === 'descending';
    const order = down ? 1 : -1;
    const key = (row) => {
      const cell = row.cells[column];
      return cell.classList.contains('missing') ? null : cell.dataset.value ? Number(cell.dataset.value) : cell.textContent;
    };
    const compare = (a, b) => {
      const x = key(a), y = key(b);
      if (x === null || y === null) return x === y ? 0 : x === null ? 1 : -1; // missing values stay last
      if (typeof x === 'number' && typeof y === 'number') return (x - y) * order;
      return String(x).localeCompare(String(y), 'zh-CN') * order;
    };
    const body = table.tBodies[0];
    body.append(...[...body.rows].sort(compare));
    for (const other of table.querySelectorAll('th')) other.setAttribute('aria-sort', 'none');
    heading.setAttribute('aria-sort', down ? 'ascending' : 'descending');
  };

  document.addEventListener('click', async (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (!target) return;
    const on = (selector) => target.closest(selector);
    for (const menu of document.querySelectorAll('#conversations details[open]')) {
      if (!menu.contains(target)) menu.removeAttribute('open');
    }
    if (on('[data-menu]')) {
      const open = document.body.classList.toggle('side-open');
      on('[data-menu]').setAttribute('aria-expanded', String(open));
    } else if (document.body.classList.contains('side-open') && !on('#side')) {
      document.body.classList.remove('side-open');
    }
    if (on('[data-toggle]')) toggle(on('[data-toggle]'));
    if (on('[data-cite]')) cite(on('[data-cite]'));
    if (on('[data-sort]')) sort(on('[data-sort]'));
    const copying = on('[data-copy]');
    if (copying) {
      const label = copying.textContent;
      await copy(document.getElementById(copying.dataset.copy)?.innerText || '');
      copying.textContent = '已复制';
      setTimeout(() => { copying.textContent = label; }, 1500);
    }
  });

  const box = () => document.querySelector('#box textarea');
  const hold = (event) => {
    if (box()?.value.trim() && take()) return;
    event.preventDefault();
    event.stopPropagation();
  };
  document.addEventListener('click', (event) => {
    if (event.target instanceof Element && event.target.closest('#send')) hold(event);
  }, true);

  // While an input method is composing, Enter chooses a word; it must not send the question.
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.isComposing || event.keyCode === 229)) event.stopPropagation();
    else if (event.key === 'Enter' && !event.shiftKey && event.target === box()) hold(event);
    const typing = event.target instanceof Element && event.target.closest('input, textarea, select, [contenteditable]');
    if (event.key === '/' && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      box()?.focus();
    }
    if (event.key === 'Escape') document.body.classList.remove('side-open');
  }, true);

  // A new question goes to the top of the screen, so that its answer is read from the beginning.
  let asked = '';
  const follow = () => {
    taken = -Infinity; // it has begun, or ended
    const running = document.querySelector('#live .turn');
    const question = running?.querySelector('.question')?.textContent || '';
    if (running && question !== asked) running.scrollIntoView({ block: 'start' });
    asked = question;
  };
  // Gradio reports a lost connection or a full queue in English; say it in the page's language.
  const NOTICES = [
    [/connection|reconnect|network/i, '与服务器的连接断开，正在重新连接……'],
    [/queue|busy|too many/i, '现在使用的人太多，请稍后再试。'],
  ];
  const translate = () => {
    for (const node of document.querySelectorAll('[data-testid="toast-text"], .toast-title')) {
      const text = [...node.childNodes].find((child) => child.nodeType === Node.TEXT_NODE);
      if (!text || /[\u4e00-\u9fff]/.test(text.data)) continue;
      const known = NOTICES.find(([words]) => words.test(text.data));
      text.data = node.matches('.toast-title') ? '提示' : known ? known[1] : '操作没有成功，请再试一次。';
    }
  };
  const start = () => {
    document.documentElement.lang = 'zh-CN';
    const live = document.getElementById('live');
    if (!live) return void setTimeout(start, 50);
    const notices = document.querySelector('.toast-wrap');
    if (notices) new MutationObserver(translate).observe(notices, { childList: true, subtree: true });
    new MutationObserver(follow).observe(live, { childList: true, subtree: true, characterData: true });
    box()?.setAttribute('aria-label', '问题');
    document.getElementById('history')?.setAttribute('role', 'log');
  };
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start);
  else start();
})();
