"""The page in Gradio Blocks: a list of conversations, the turns, a box to write in. All else is in pure functions."""

from __future__ import annotations

import gradio as gr

from ui.principals import PUBLIC
from ui.web.frame import brand_html, hint_html
from ui.web.handlers import Handlers

CONCURRENT_TURNS = 16
QUEUED_TURNS = 256
TITLE = "政问 · 政务数据问答"

# The script in page.js holds the address bar and this browser's list of conversations.
_KNOWN = "zhengwen.known()"
_OPEN = f"(_c, role, _k) => [zhengwen.current(), role, {_KNOWN}]"
_ASK = f"(text, c, role, _k) => [text, c, role, {_KNOWN}]"
_SWITCH = f"(_c, role, _k) => ['', role, {_KNOWN}]"
_MANAGE = f"(c, role, _k) => [c, role, {_KNOWN}]"
_CLICKS = """
element.addEventListener('click', (event) => {
  const asked = event.target.closest('[data-ask]');
  if (asked && zhengwen.take()) trigger('select', {ask: asked.dataset.ask});
});
"""
_LIST_CLICKS = """
element.addEventListener('click', (event) => {
  const button = event.target.closest('[data-action]');
  if (!button) return;
  const detail = zhengwen.confirm(button);
  if (detail) trigger('select', detail);
});
"""


def build_page(handlers: Handlers) -> gr.Blocks:
    """The Blocks to mount; nothing is launched here."""
    with gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True) as page:
        conversation = gr.Textbox(visible="hidden", elem_id="conversation-id", label="对话编号")
        known = gr.Textbox(visible="hidden", label="本机对话")
        pending = gr.Textbox(visible="hidden", label="正在回答")
        with gr.Row(elem_id="top"):
            gr.HTML(brand_html(handlers.place), elem_id="brand", apply_default_css=False)
            role = gr.Dropdown(
                handlers.principals.choices(),
                value=PUBLIC,
                label="演示身份",
                show_label=False,
                container=False,
                visible=handlers.principals.demo,
                elem_id="role",
                filterable=False,
                interactive=True,
            )
            account = gr.HTML(apply_default_css=False, elem_id="account")
        with gr.Row(elem_id="desk"):
            with gr.Column(elem_id="side", min_width=0):
                conversations = gr.HTML(js_on_load=_LIST_CLICKS, apply_default_css=False, elem_id="conversations")
            with gr.Column(elem_id="main", min_width=0):
                history = gr.HTML(js_on_load=_CLICKS, apply_default_css=False, elem_id="history")
                live = gr.HTML(apply_default_css=False, elem_id="live")
                with gr.Row(elem_id="composer"):
                    box = gr.Textbox(
                        label="问题",
                        show_label=False,
                        container=False,
                        lines=1,
                        max_lines=6,
                        placeholder="例如：去年各区有多少所学校？",
                        elem_id="box",
                        autofocus=True,
                        scale=1,
                    )
                    send = gr.Button("发送", variant="primary", elem_id="send", scale=0, min_width=72)
                    stop = gr.Button("停止", variant="stop", elem_id="stop", visible=False, scale=0, min_width=72)
                gr.HTML(hint_html(), apply_default_css=False, elem_id="hint-block")
        outputs = [history, live, conversations, conversation, pending, box, send, stop]
        hidden = {"show_progress": "hidden", "api_visibility": "private"}

        page.load(handlers.account, None, [account, role], queue=False, **hidden)
        page.load(handlers.open, [conversation, role, known], outputs, js=_OPEN, **hidden)
        asking = gr.on(
            [box.submit, send.click, history.select],
            handlers.ask,
            [box, conversation, role, known],
            outputs,
            js=_ASK,
            concurrency_limit=CONCURRENT_TURNS,
            # "once" drops, without a word, what is sent between an answer's arrival and the end of its stream;
            # page.js holds back what is sent while a question is being answered.
            trigger_mode="multiple",
            **hidden,
        )
        stop.click(handlers.stopped, [pending], outputs, cancels=[asking], queue=False, **hidden)
        conversations.select(
            handlers.manage,
            [conversation, role, known],
            outputs,
            js=_MANAGE,
            concurrency_limit=CONCURRENT_TURNS,
            **hidden,
        )
        role.change(handlers.open, [conversation, role, known], outputs, js=_SWITCH, **hidden)
        conversation.change(None, [conversation], None, js="(c) => { zhengwen.remember(c); }")
    page.queue(max_size=QUEUED_TURNS, default_concurrency_limit=CONCURRENT_TURNS)
    return page
