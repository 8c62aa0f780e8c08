// Small comforts on top of pages that work without them.
(() => {
  "use strict";
  const csrf = () => document.querySelector('meta[name="csrf"]')?.content || "";
  const toast = (text) => {
    const box = document.getElementById("toast");
    if (!box) return;
    box.textContent = text;
    box.hidden = false;
    setTimeout(() => { box.hidden = true; }, 8000);
  };

  document.addEventListener("htmx:configRequest", (event) => { event.detail.headers["X-CSRFToken"] = csrf(); });
  document.addEventListener("htmx:sendError", () => toast("网络不通，内容还在页面上，请稍后再试。"));
  document.addEventListener("htmx:responseError", (event) => { if (event.detail.xhr.status >= 500) toast("系统出错了，请稍后再试。"); });

  // Typed text survives a closed tab until the form has been accepted.
  const forms = (root) => root.querySelectorAll("form[data-keep]");
  const keyOf = (form) => `keep:${form.dataset.keep}`;
  const restore = (form) => {
    let kept;
    try { kept = JSON.parse(localStorage.getItem(keyOf(form)) || "null"); } catch { kept = null; }
    if (!kept || document.querySelector(".is-invalid, .alert-danger")) return;
    for (const [name, value] of Object.entries(kept)) {
      const field = form.elements.namedItem(name);
      if (field && "value" in field && !field.value) field.value = value;
    }
  };
  for (const form of forms(document)) {
    restore(form);
    form.addEventListener("input", () => {
      const kept = {};
      for (const field of form.elements) {
        if (field.name && field.matches("textarea, input[type=text]")) kept[field.name] = field.value;
      }
      localStorage.setItem(keyOf(form), JSON.stringify(kept));
    });
    form.addEventListener("submit", () => sessionStorage.setItem("sent", keyOf(form)));
  }
  const sent = sessionStorage.getItem("sent");
  if (sent && !document.querySelector(".is-invalid, .alert-danger")) {
    localStorage.removeItem(sent);
    sessionStorage.removeItem("sent");
  }

  // One press, one request.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.hasAttribute("hx-post")) return;
    if (form.dataset.sending) { event.preventDefault(); return; }
    form.dataset.sending = "1";
    setTimeout(() => delete form.dataset.sending, 8000);
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sending]").forEach((form) => delete form.dataset.sending));

  // Photos are made smaller on the phone; if that fails the original is sent. EXIF would be lost, so it is only done
  // for pictures too large to send comfortably.
  const LARGE = 8 * 1024 * 1024, EDGE = 2560;
  const shrink = async (file) => {
    if (!/^image\/(jpeg|png|webp)$/.test(file.type) || file.size < LARGE) return file;
    try {
      const bitmap = await createImageBitmap(file);
      const scale = Math.min(1, EDGE / Math.max(bitmap.width, bitmap.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(bitmap.width * scale);
      canvas.height = Math.round(bitmap.height * scale);
      canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
      const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
      return blob && blob.size < file.size ? new File([blob], file.name.replace(/\.\w+$/, ".jpg"), { type: "image/jpeg", lastModified: file.lastModified }) : file;
    } catch { return file; }
  };
  document.addEventListener("change", async (event) => {
    const input = event.target.closest("[data-photo-input]");
    if (!input) return;
    const files = await Promise.all([...input.files].map(shrink));
    const transfer = new DataTransfer();
    files.forEach((file) => transfer.items.add(file));
    input.files = transfer.files;
    const preview = input.closest("form").querySelector("[data-photo-preview]");
    if (!preview) return;
    preview.replaceChildren(...files.map((file) => {
      const image = document.createElement("img");
      image.alt = `待上传：${file.name}`;
      if (file.type.startsWith("image/")) image.src = URL.createObjectURL(file);
      return image;
    }));
  });

  document.addEventListener("click", (event) => {
    const asks = event.target.closest("[data-confirm]");
    if (asks && !window.confirm(asks.dataset.confirm)) event.preventDefault();
    const fill = event.target.closest("[data-fill-login]");
    if (fill) {
      document.querySelector('[name="username"]').value = fill.dataset.fillLogin;
      document.querySelector('[name="password"]').value = fill.dataset.fillPassword;
      document.querySelector('[name="password"]').focus();
    }
    for (const open of document.querySelectorAll(".who-menu[open]")) if (!open.contains(event.target)) open.open = false;
  });
})();
