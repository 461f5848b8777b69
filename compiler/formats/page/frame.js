// What is around drawing and table: light and dark, the divider, the list of keys.

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
