// Suggestions from the catalogs under a field of a substance; choosing one fills the fields beside it. Without script
// the field is an ordinary one.
(() => {
  "use strict";
  const WAIT = 300;
  const fill = (form, found) => {
    const values = { substance: found.name, cas: found.cas, table1_seq: found.table1_seq ?? "" };
    for (const [name, value] of Object.entries(values)) {
      const control = form.elements.namedItem(name);
      if (control) control.value = value;
    }
  };
  const button = (found, choose) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "list-group-item list-group-item-action";
    const marks = document.createElement("div");
    marks.className = "text-secondary small";
    marks.textContent = [found.cas && `CAS ${found.cas}`, ...found.marks].filter(Boolean).join(" · ");
    made.append(found.name, marks);
    made.addEventListener("click", () => choose(found));
    return made;
  };
  const suggest = (input) => {
    const list = document.createElement("div");
    list.className = "list-group mt-1";
    const said = document.createElement("div");
    said.className = "form-hint";
    said.setAttribute("role", "status");
    input.after(said, list);
    let waiting, asking;
    const clear = (sentence = "") => { list.replaceChildren(); said.textContent = sentence; };
    const choose = (found) => { fill(input.form, found); clear(`已填入“${found.name}”，请核对。`); input.focus(); };
    const ask = async () => {
      asking?.abort();
      asking = new AbortController();
      const word = input.value.trim();
      if (!word) { clear(); return; }
      try {
        const answer = await fetch(`${input.dataset.suggest}?q=${encodeURIComponent(word)}`, { signal: asking.signal });
        if (!answer.ok) { clear(); return; }
        const { found } = await answer.json();
        clear(found.length ? "目录里有（点一下即填入）：" : "目录里没有这个名称，可以照常填写。");
        list.append(...found.map((one) => button(one, choose)));
      } catch (fault) {
        if (fault.name !== "AbortError") clear();
      }
    };
    input.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(ask, WAIT); });
  };
  document.querySelectorAll("input[data-suggest]").forEach(suggest);
})();
