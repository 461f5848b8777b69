// What is around drawing and table: light and dark, the divider, keys that work everywhere.

// `pane` hears of the keys that zoom.
function startFrame(pane) {
  startTheme(byId("theme"));
  startDivider(byId("divider"));
  startKeys(byId("keys"), byId("help"));
  startShortcuts(pane);
}

function startTheme(button) {
  const root = document.documentElement;
  button.addEventListener("click", () => {
    const dark = root.dataset.theme
      ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });
}

function startDivider(divider) {
  const main = divider.parentElement;
  const set = (percent) => {
    const share = Math.min(85, Math.max(15, percent));
    main.style.setProperty("--share", `${share}%`);
    divider.setAttribute("aria-valuenow", Math.round(share));
  };
  divider.addEventListener("pointerdown", (event) => {
    divider.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  divider.addEventListener("pointermove", (event) => {
    if (!divider.hasPointerCapture(event.pointerId)) return;
    const { left, width } = main.getBoundingClientRect();
    set(((event.clientX - left) / width) * 100);
  });
  divider.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -3, ArrowRight: 3 }[event.key];
    if (by) set(Number(divider.getAttribute("aria-valuenow")) + by);
  });
}

function startKeys(dialog, button) {
  button.addEventListener("click", () => dialog.showModal());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
}

function isTyping(target) {
  return target.matches("input, select, textarea") || target.closest("dialog") !== null;
}

function startShortcuts({ view }) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const actions = {
      "+": () => view.zoom(1.25, null, true),
      "=": () => view.zoom(1.25, null, true),
      "-": () => view.zoom(0.8, null, true),
      0: () => view.fit(false, true),
      "/": () => byId("filter").focus(),
      "?": () => byId("keys").showModal(),
    };
    if (!actions[event.key]) return;
    event.preventDefault();
    actions[event.key]();
  });
}
