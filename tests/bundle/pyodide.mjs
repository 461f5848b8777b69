// node pyodide.mjs PYODIDE FOLDER SCRIPT PACKAGES ARGUMENT...: runs a Python script in Pyodide,
// whose files are in PYODIDE, with FOLDER at /folder and "numpy" or "" as PACKAGES.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [pyodide, folder, script, packages, ...args] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${pyodide}/pyodide.mjs`).href);
const python = await loadPyodide({ indexURL: pyodide });
if (packages) await python.loadPackage(packages.split(","), { messageCallback: () => {} });
python.FS.mkdir("/folder");
python.mountNodeFS("/folder", folder);
python.globals.set("ARGUMENTS", python.toPy(["script", ...args]));
python.runPython("import sys; sys.argv = list(ARGUMENTS)");
python.runPython(readFileSync(script, "utf-8"));
