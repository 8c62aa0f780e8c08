// Logging out wipes the device. What was recorded in the field and not sent yet is asked about first, numbers that were not
// used go back, and nothing is wiped before the portal has answered.
import { deviceSummary, numbersToReturn, wipe } from "./store.js";

const account = document.body.dataset.account || "";
const token = () => document.querySelector('meta[name="csrf"]')?.content || "";
const left = deviceSummary(account);

const menu = document.querySelector('.side a[href="/field/"]');
if (menu && left.visits + left.files) {
  const badge = document.createElement("span");
  badge.className = "badge tone-orange";
  badge.textContent = `未发送 ${left.visits + left.files}`;
  menu.append(" ", badge);
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-log-out]") || event.defaultPrevented || form.dataset.leaving) return;
  const { visits, files, used } = deviceSummary(account);
  if (!used) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (visits + files && !window.confirm(`这台设备上还有 ${visits} 次外出检查、${files} 份照片、录音没有发送完。退出登录会清空这台设备上的数据，它们就没有了。请先联网发送，或在“外出检查”页面导出成文件。仍要退出并丢弃？`)) return;
  form.dataset.leaving = "1";
  try {
    const { device, numbers } = await numbersToReturn(account);
    const headers = { "Content-Type": "application/json", "X-CSRFToken": token() };
    if (numbers.length) await fetch("/api/v1/field/numbers/back/", { method: "POST", headers, body: JSON.stringify({ device, numbers }) });
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
    if (!answer.ok) throw new Error(answer.status);
    await wipe(account);
    location.href = answer.url;
  } catch {
    delete form.dataset.leaving;
    const said = document.getElementById("toast");
    said.textContent = "网络不通，没有退出登录；记录都还在这台设备上。请联网后再退出。";
    said.hidden = false;
  }
}, true);
