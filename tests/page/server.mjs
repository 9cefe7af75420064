// The server itself, with a board and a folder as its calendar, for what the page and the server must agree on.

import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";

const FMCAL = path.join(process.env.BUILD_DIR || "", "fmcal-lua");

// The address that it prints once it answers.
function listening(child) {
  return new Promise((resolve, reject) => {
    let said = "";
    child.stdout.on("data", text => {
      said += text;
      const found = said.match(/listening on (http:\S+)/);
      if (found) resolve(found[1]);
    });
    child.on("error", reject);
    child.on("exit", status => reject(new Error(`the server ended with ${status}: ${said}`)));
  });
}

export class Server {
  /** Starts it with a board; `close` ends it and removes all of it. */
  static async start(board) {
    const self = new Server();
    self.folder = mkdtempSync(path.join(os.tmpdir(), "fmcal-served-"));
    self.calendar = path.join(self.folder, "calendars/academy");
    mkdirSync(self.calendar, { recursive: true });
    self.write(board);
    self.child = spawn(FMCAL, ["serve.lua", self.folder, "--listen", "127.0.0.1:0"], { stdio: ["ignore", "pipe", "inherit"] });
    self.ended = new Promise(resolve => self.child.on("exit", resolve));
    self.url = await listening(self.child);
    return self;
  }

  async close() {
    this.child.kill();
    await this.ended;
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A link that signs in whoever opens it first. */
  link(name) {
    const asked = ["tokens.lua", "login", "--boards", this.folder, "--url", this.url, "--name", name];
    return execFileSync(FMCAL, asked, { encoding: "utf8" }).trim();
  }

  get board() {
    return JSON.parse(readFileSync(path.join(this.folder, "board.json"), "utf8"));
  }

  write(board) {
    writeFileSync(path.join(this.folder, "board.json"), JSON.stringify(board, null, 2));
  }

  event(id) {
    return readFileSync(path.join(this.calendar, `${id}.ics`), "utf8");
  }

  /** Edits an event as another program would. */
  editEvent(id, from, to) {
    const text = this.event(id);
    if (!text.includes(from)) throw new Error(`${id} has no ${from}`);
    writeFileSync(path.join(this.calendar, `${id}.ics`), text.replace(from, to));
  }
}
