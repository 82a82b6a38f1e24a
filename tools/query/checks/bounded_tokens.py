"""The number of tokens and the depth of brackets are bounded before any parser builds a tree from them."""

from __future__ import annotations

from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import TokenType

from tools.query.checks.context import Context
from tools.query.result import Finding
from tools.query.statement import Statement

MAX_TOKENS = 4_000
MAX_DEPTH = 40
MAX_BRANCHES = 50  # UNION and its kin: each costs the planners more than the one before
OPENING = {TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE, TokenType.CASE}
CLOSING = {TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE, TokenType.END}
BRANCHING = {TokenType.UNION, TokenType.INTERSECT, TokenType.EXCEPT}


def bounded_tokens(statement: Statement, context: Context) -> Finding | None:
    try:
        tokens = statement.tokens
    except SqlglotError:
        return Finding("bounded_tokens", "查询语句无法解析：引号或注释没有闭合。")
    if len(tokens) > MAX_TOKENS:
        return Finding("bounded_tokens", "查询语句过长，请拆成几次查询。")
    depth = deepest = branches = 0
    for token in tokens:
        if token.token_type in OPENING:
            depth += 1
            deepest = max(deepest, depth)
        elif token.token_type in CLOSING:
            depth -= 1
        elif token.token_type in BRANCHING:
            branches += 1
    if deepest > MAX_DEPTH:
        return Finding("bounded_tokens", f"查询语句的嵌套超过 {MAX_DEPTH} 层，请简化后再试。")
    if branches > MAX_BRANCHES:
        return Finding("bounded_tokens", f"查询语句合并的部分超过 {MAX_BRANCHES} 个，请拆成几次查询。")
    return None
