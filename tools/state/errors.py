"""What goes wrong with the state database, said for people."""

from __future__ import annotations


class StateError(Exception):
    """The state database cannot be opened, read or written; the message is a Chinese sentence."""


def explained(error: Exception, where: str) -> StateError:
    """The sentence for an error of the database library. `where` is the address without its password."""
    text = str(error).lower()
    if "not a database" in text or "malformed" in text:
        return StateError(f"状态库 {where} 已损坏，无法读取。请从备份恢复；没有备份就改名移走，再运行时会新建。")
    if "readonly" in text or "read-only" in text or "permission denied" in text:
        return StateError(f"状态库 {where} 没有写权限，内容没有改动。请检查文件和文件夹的权限后重试。")
    if "full" in text or "no space" in text:
        return StateError(f"状态库 {where} 所在磁盘已满，内容没有改动。请清理空间后重试。")
    if "locked" in text:
        return StateError(f"状态库 {where} 正被别的程序占用，内容没有改动。请稍后重试。")
    if "authentication" in text or "password" in text:
        return StateError(f"状态库 {where} 的用户名或密码不对。请检查地址后重试。")
    return StateError(f"状态库 {where} 现在无法读写，内容没有改动。请检查地址、磁盘空间和权限后重试。")
