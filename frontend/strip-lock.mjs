// Takes every web address out of package-lock.json (registry files and sponsors' pages): the integrity hashes decide
// what is installed, and each house may use its own registry.
import { readFileSync, writeFileSync } from "node:fs";

const file = new URL("./package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(file, "utf8"));
for (const entry of Object.values(lock.packages)) {
  delete entry.resolved;
  delete entry.funding;
}
const text = JSON.stringify(lock, null, 2) + "\n";
if (text.includes("http")) throw new Error("package-lock.json still holds a web address");
writeFileSync(file, text);
