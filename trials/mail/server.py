"""A real SMTP server (aiosmtpd) for the trials: server.py PORT FOLDER.

Each message that it answers for is written to FOLDER/NUMBER.eml. What it does is read from FOLDER/mode before each
recipient: accept (default), refuse (550), later (450), slow (answers a message after ten seconds).
"""

import asyncio
import sys
from pathlib import Path

from aiosmtpd.controller import Controller


class Handler:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = 0

    def mode(self) -> str:
        path = self.folder / "mode"
        return path.read_text().strip() if path.exists() else "accept"

    async def handle_RCPT(self, server, session, envelope, address, options):
        mode = self.mode()
        if mode == "refuse":
            return "550 5.1.1 no such mailbox: " + address
        if mode == "later":
            return "450 4.2.1 mailbox busy: " + address
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.mode() == "slow":
            await asyncio.sleep(10)
        self.count += 1
        draft = self.folder / f"{self.count}.draft"
        draft.write_bytes(f"X-To: {','.join(envelope.rcpt_tos)}\r\n".encode() + envelope.content)
        draft.rename(self.folder / f"{self.count}.eml")
        return "250 OK"


if __name__ == "__main__":
    port, folder = int(sys.argv[1]), Path(sys.argv[2])
    controller = Controller(Handler(folder), hostname="127.0.0.1", port=port)
    controller.start()
    (folder / "ready").write_text("")
    # Until the one who started it goes away.
    sys.stdin.read()
    controller.stop()
