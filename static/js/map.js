// Every plant on one canvas over the city's boundaries, worst grade on top. Drawn by hand: for 100,000 symbols of three
// shapes ECharts needs seconds a frame. The same numbers stand in the table below, for those who see no picture.
(() => {
  "use strict";
  const KEY = 1, SUSPENDED = 2, OUTSIDE = 4;
  const RANKS = ["", "A", "B", "C", "D"];
  // Signs are large, with their letter, while they would cover less than half of the map. Where even small ones would
  // cover more than all of it, dots are drawn, and the borders above them.
  const SMALL = 11, LARGE = 18, DOT = 3;
  const REACH = { touch: 24, mouse: 12 };
  const METRES = 111320; // a degree of latitude
  const LISTED = 5;

  const get = async (address) => {
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  };
  const made = (tag, text = "", attributes = {}) => {
    const element = document.createElement(tag);
    element.textContent = text;
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  };
  // 1, 2 or 5 times a power of ten, not above `most`.
  const tidy = (most) => {
    const ten = 10 ** Math.floor(Math.log10(most));
    return ten * ([5, 2].find((n) => n * ten <= most) || 1);
  };

  // Plane coordinates: degrees from the middle of what is shown, east and south, a degree of longitude as wide as it is there.
  const planeOf = (boundaries, points) => {
    let west = 180, east = -180, south = 90, north = -90;
    const reach = (x, y) => { west = Math.min(west, x); east = Math.max(east, x); south = Math.min(south, y); north = Math.max(north, y); };
    if (boundaries) for (const one of boundaries.features) for (const rings of one.geometry.coordinates) for (const [x, y] of rings[0]) reach(x, y);
    else if (points.length) {
      // A mistyped coordinate far away must not make a dot of the rest.
      const within = (n) => { const all = points.map((row) => row[n]).sort((a, b) => a - b); return [all[Math.floor(all.length * 0.01)], all[Math.ceil(all.length * 0.99) - 1]]; };
      const [xs, ys] = [within(1), within(2)];
      reach(xs[0], ys[0]);
      reach(xs[1], ys[1]);
    } else reach(110, 35);
    const [x0, y0] = [(west + east) / 2, (south + north) / 2];
    const narrow = Math.cos(y0 * Math.PI / 180);
    const margin = boundaries ? 1.06 : 1.25; // points stand with their whole sign inside
    return {
      narrow, x0, y0,
      width: Math.max((east - west) * narrow, 0.02) * margin, height: Math.max(north - south, 0.02) * margin,
      of: (x, y) => [(x - x0) * narrow, y0 - y],
    };
  };

  const outlines = (boundaries, plane) => (boundaries ? boundaries.features : []).map((one) => {
    const path = new Path2D();
    let largest = 0, label = [0, 0];
    for (const rings of one.geometry.coordinates) {
      rings.forEach((ring, n) => {
        let area = 0, x = 0, y = 0, last = null;
        for (const position of ring) {
          const at = plane.of(...position);
          if (!last) path.moveTo(...at);
          else {
            path.lineTo(...at);
            const part = last[0] * at[1] - at[0] * last[1];
            area += part;
            x += part * (last[0] + at[0]);
            y += part * (last[1] + at[1]);
          }
          last = at;
        }
        path.closePath();
        if (n === 0 && Math.abs(area) > largest) { largest = Math.abs(area); label = [x / area / 3, y / area / 3]; }
      });
    }
    return { name: one.properties.name, path, label };
  });

  // Shape and colour of a grade are the legend's own.
  const signs = (root) => {
    const kept = new Map();
    const looks = Object.fromEntries([...root.querySelectorAll("[data-map-grade]")].map((button) => {
      const svg = button.querySelector("svg");
      return [button.dataset.mapGrade, { shape: new Path2D(svg.querySelector("path").getAttribute("d")), colour: getComputedStyle(svg).fill, ink: getComputedStyle(svg).color }];
    }));
    const sign = (rank, flags, size, ratio) => {
      const name = `${rank} ${flags & (KEY | SUSPENDED)} ${size} ${ratio}`;
      if (kept.has(name)) return kept.get(name);
      const whole = Math.ceil(size * 1.7), canvas = document.createElement("canvas");
      canvas.width = canvas.height = whole * ratio;
      const ink = canvas.getContext("2d"), { shape, colour, ink: dark } = looks[RANKS[rank]];
      ink.scale(ratio, ratio);
      ink.translate(whole / 2, whole / 2);
      if (flags & KEY) {
        ink.strokeStyle = "#56268f";
        ink.lineWidth = size / 9;
        ink.beginPath();
        ink.arc(0, 0, size * 0.76, 0, 7);
        ink.stroke();
      }
      ink.save();
      ink.scale(size / 20, size / 20);
      ink.translate(-10, -10);
      ink.lineWidth = 2.5;
      ink.strokeStyle = "#1d2733";
      ink.fillStyle = colour;
      ink.stroke(shape);
      ink.fill(shape, "evenodd");
      ink.restore();
      if (size === LARGE && rank) {
        ink.fillStyle = dark;
        ink.font = `700 ${size * 0.55}px sans-serif`;
        ink.textAlign = "center";
        ink.textBaseline = "middle";
        ink.fillText(RANKS[rank], 0, rank === 2 ? size * 0.12 : size * 0.03);
      }
      if (flags & SUSPENDED) {
        // A small no-entry sign at the corner, so that grade and letter stay.
        const corner = size * 0.48, radius = size * 0.34;
        ink.beginPath();
        ink.arc(corner, corner, radius, 0, 7);
        ink.fillStyle = "#1d2733";
        ink.strokeStyle = "#fff";
        ink.lineWidth = 1;
        ink.fill();
        ink.stroke();
        ink.fillStyle = "#fff";
        ink.fillRect(corner - radius * 0.6, corner - radius * 0.2, radius * 1.2, radius * 0.4);
      }
      kept.set(name, canvas);
      return canvas;
    };
    return { sign, colours: RANKS.map((grade) => looks[grade].colour) };
  };

  const draws = (root, points, boundaries) => {
    const find = (name) => root.querySelector(`[data-map-${name}]`);
    const canvas = root.querySelector("canvas"), frame = canvas.parentElement, ink = canvas.getContext("2d");
    const plane = planeOf(boundaries, points), districts = outlines(boundaries, plane), { sign, colours } = signs(root);
    const rank = (row) => RANKS.indexOf(row[3]);
    points.sort((one, other) => rank(one) - rank(other));
    const xs = new Float64Array(points.length), ys = new Float64Array(points.length), ranks = Uint8Array.from(points, rank), flags = Uint8Array.from(points, (row) => row[4]);
    points.forEach((row, n) => { [xs[n], ys[n]] = plane.of(row[1], row[2]); });
    const hidden = new Set(), only = new Set();
    const shows = (n) => !hidden.has(ranks[n]) && (!only.has("key") || flags[n] & KEY) && (!only.has("suspended") || flags[n] & SUSPENDED);
    // Pixels a degree, and the plane's point at the upper left corner.
    const view = { scale: 1, x: 0, y: 0 };
    const covers = (size) => seen * size * size / (width * height);
    let width = 0, height = 0, ratio = 1, least = 1, inSight = new Int32Array(points.length), seen = 0, chosen = new Set();

    const whole = () => {
      view.scale = least = Math.min(width / plane.width, height / plane.height);
      view.x = -width / 2 / view.scale;
      view.y = -height / 2 / view.scale;
    };
    const net = () => {
      const step = tidy(130 / view.scale);
      const places = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
      ink.strokeStyle = "#dbe2ea";
      ink.lineWidth = 1;
      ink.fillStyle = "#4f5d6e";
      ink.font = "12px sans-serif";
      ink.textAlign = "left";
      ink.beginPath();
      const words = [];
      const [west, east] = [plane.x0 + view.x / plane.narrow, plane.x0 + (view.x + width / view.scale) / plane.narrow];
      const [north, south] = [plane.y0 - view.y, plane.y0 - view.y - height / view.scale];
      for (let x = Math.ceil(west / step) * step; x < east; x += step) {
        const at = Math.round((plane.of(x, 0)[0] - view.x) * view.scale) + 0.5;
        ink.moveTo(at, 0);
        ink.lineTo(at, height);
        words.push([`${x.toFixed(places)}°E`, at + 3, 12]);
      }
      for (let y = Math.ceil(south / step) * step; y < north; y += step) {
        const at = Math.round((plane.of(0, y)[1] - view.y) * view.scale) + 0.5;
        ink.moveTo(0, at);
        ink.lineTo(width, at);
        if (at > 30 && at < height - 40) words.push([`${y.toFixed(places)}°N`, 3, at - 3]);
      }
      ink.stroke();
      for (const [word, x, y] of words) ink.fillText(word, x, y);
    };
    const land = () => {
      const { scale } = view;
      ink.setTransform(scale * ratio, 0, 0, scale * ratio, -view.x * scale * ratio, -view.y * scale * ratio);
      ink.fillStyle = "#eef3f8";
      for (const one of districts) ink.fill(one.path, "evenodd");
      ink.setTransform(ratio, 0, 0, ratio, 0, 0);
      net();
      borders();
    };
    const borders = () => {
      const { scale } = view;
      ink.setTransform(scale * ratio, 0, 0, scale * ratio, -view.x * scale * ratio, -view.y * scale * ratio);
      ink.lineWidth = 1.5 / scale;
      ink.lineJoin = "round";
      ink.strokeStyle = "#5b6878";
      for (const one of districts) ink.stroke(one.path);
      ink.setTransform(ratio, 0, 0, ratio, 0, 0);
    };
    const names = () => {
      ink.font = "600 14px sans-serif";
      ink.textAlign = "center";
      ink.lineWidth = 4;
      ink.strokeStyle = "#fff";
      ink.fillStyle = "#12355b";
      for (const one of districts) {
        const [x, y] = [(one.label[0] - view.x) * view.scale, (one.label[1] - view.y) * view.scale];
        ink.strokeText(one.name, x, y);
        ink.fillText(one.name, x, y);
      }
      ink.textAlign = "left";
    };
    const look = () => {
      seen = 0;
      const [right, below] = [view.x + width / view.scale, view.y + height / view.scale], edge = LARGE / view.scale;
      for (let n = 0; n < xs.length; n += 1) {
        if (xs[n] > view.x - edge && xs[n] < right + edge && ys[n] > view.y - edge && ys[n] < below + edge && shows(n)) inSight[seen++] = n;
      }
    };
    const dots = () => {
      let drawn = -1;
      for (let k = 0; k < seen; k += 1) {
        const n = inSight[k];
        if (ranks[n] !== drawn) { drawn = ranks[n]; ink.fillStyle = colours[drawn]; }
        ink.fillRect(Math.round((xs[n] - view.x) * view.scale) - 1, Math.round((ys[n] - view.y) * view.scale) - 1, DOT, DOT);
      }
    };
    const plants = () => {
      look();
      const size = covers(LARGE) > 0.5 ? SMALL : LARGE, dense = covers(SMALL) > 1;
      if (dense) {
        dots();
        borders();
      }
      names();
      if (!dense) for (const n of inSight.subarray(0, seen)) {
        const image = sign(ranks[n], flags[n], size, ratio), half = image.width / ratio / 2;
        ink.drawImage(image, (xs[n] - view.x) * view.scale - half, (ys[n] - view.y) * view.scale - half, half * 2, half * 2);
      }
      ink.lineWidth = 3;
      ink.strokeStyle = "#12355b";
      for (let k = 0; k < seen; k += 1) {
        const n = inSight[k];
        if (!chosen.has(points[n][0])) continue;
        ink.beginPath();
        ink.arc((xs[n] - view.x) * view.scale, (ys[n] - view.y) * view.scale, size, 0, 7);
        ink.stroke();
      }
    };
    const draw = () => {
      ink.setTransform(ratio, 0, 0, ratio, 0, 0);
      ink.fillStyle = "#fff";
      ink.fillRect(0, 0, width, height);
      land();
      plants();
      const length = tidy(120 / view.scale * METRES);
      const bar = find("scale");
      bar.style.width = `${length / METRES * view.scale}px`;
      bar.textContent = length < 1000 ? `${length} 米` : `${length / 1000} 公里`;
      tell();
    };
    let due = 0;
    const redraw = () => {
      cancelAnimationFrame(due);
      due = requestAnimationFrame(draw);
    };

    const tell = () => {
      let shown = 0;
      for (let n = 0; n < ranks.length; n += 1) if (shows(n)) shown += 1;
      const dense = covers(SMALL) > 1 ? "（太密，先画成色点，等级高的在上；放大后显示形状和字母）" : "";
      const how = matchMedia("(pointer: coarse)").matches ? "两指缩放" : "点过地图后滚轮缩放";
      const words = points.length ? `图上 ${shown} 家${dense}。点一下看是哪家，${how}。` : "没有可以画的企业：符合条件的企业都没有坐标。";
      if (find("said").textContent !== words) find("said").textContent = words;
    };
    const zoom = (factor, x = width / 2, y = height / 2) => {
      const scale = Math.min(Math.max(view.scale * factor, least / 2), METRES * 2);
      view.x += x / view.scale - x / scale;
      view.y += y / view.scale - y / scale;
      view.scale = scale;
    };
    const pan = (dx, dy) => { view.x -= dx / view.scale; view.y -= dy / view.scale; };

    // ---- what is at a place
    const card = find("card");
    const close = () => { card.hidden = true; chosen = new Set(); redraw(); };
    const described = (one) => {
      const part = made("div", "", { class: "map-found" });
      const head = made("p", "", { class: "mb-1" });
      head.append(made("a", one.name, { href: root.dataset.enterprise.replace("/0/", `/${one.id}/`) }));
      part.append(head);
      const words = [one.district_name, root.querySelector(`[data-map-grade="${one.grade}"]`).dataset.name];
      if (one.suspended_since) words.push(`停产停业整顿（自${one.suspended_since}）`);
      part.append(made("p", words.join(" · "), { class: "mb-1" }));
      if (one.key_clause) part.append(made("p", `重点企业：${one.key_reason}`, { class: "mb-1 text-secondary" }));
      return part;
    };
    let asked = 0;
    const open = async (x, y, reach) => {
      const near = [];
      for (let k = 0; k < seen; k += 1) {
        const n = inSight[k], far = Math.hypot((xs[n] - view.x) * view.scale - x, (ys[n] - view.y) * view.scale - y);
        if (far <= reach) near.push([far, n]);
      }
      if (!near.length) { if (!card.hidden) close(); return; }
      // Nearest first; at the same place the worst.
      near.sort((one, other) => Math.round(one[0]) - Math.round(other[0]) || ranks[other[1]] - ranks[one[1]]);
      const mine = asked += 1, first = near.slice(0, LISTED).map(([, n]) => points[n][0]);
      chosen = new Set(first);
      redraw();
      const shut = made("button", "关闭", { type: "button", class: "btn btn-sm map-close" });
      shut.addEventListener("click", () => { close(); canvas.focus(); });
      card.replaceChildren(made("p", "正在读取…"), shut);
      card.hidden = false;
      try {
        const found = await Promise.all(first.map((pk) => get(root.dataset.details.replace("/0/", `/${pk}/`))));
        if (mine !== asked) return;
        const rest = near.length - found.length;
        card.replaceChildren(...found.map(described), ...(rest ? [made("p", `这里还有 ${rest} 家，放大后再点。`)] : []), shut);
      } catch {
        if (mine === asked) card.replaceChildren(made("p", "没有读到，请再点一次。"), shut);
      }
      if (mine !== asked) return;
      card.focus({ preventScroll: true });
      card.scrollIntoView({ block: "nearest" });
    };

    // ---- hands
    const fingers = new Map();
    let travelled = 0;
    const at = (event) => { const box = canvas.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - box.top]; };
    const spread = () => {
      const [[ax, ay], [bx, by]] = [...fingers.values()];
      return [Math.hypot(ax - bx, ay - by) || 1, (ax + bx) / 2, (ay + by) / 2];
    };
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      if (!fingers.size) travelled = 0;
      fingers.set(event.pointerId, at(event));
    });
    canvas.addEventListener("pointermove", (event) => {
      const before = fingers.get(event.pointerId);
      if (!before || fingers.size > 2) return;
      const now = at(event);
      if (fingers.size === 1) {
        travelled += Math.hypot(now[0] - before[0], now[1] - before[1]);
        fingers.set(event.pointerId, now);
        if (travelled < 6) return;
        pan(now[0] - before[0], now[1] - before[1]);
      } else {
        travelled = Infinity;
        const [far, x, y] = spread();
        fingers.set(event.pointerId, now);
        const [farther, u, v] = spread();
        pan(u - x, v - y);
        zoom(farther / far, u, v);
      }
      redraw();
    });
    canvas.addEventListener("pointerup", (event) => {
      if (!fingers.delete(event.pointerId)) return;
      if (!fingers.size && travelled < 6) open(...at(event), REACH[event.pointerType] || REACH.touch);
    });
    for (const lost of ["pointercancel", "lostpointercapture"]) canvas.addEventListener(lost, (event) => fingers.delete(event.pointerId));
    canvas.addEventListener("wheel", (event) => {
      // Until the map has been clicked, the wheel turns the page.
      if (!event.ctrlKey && !frame.contains(document.activeElement)) return;
      event.preventDefault();
      zoom(Math.exp(-Math.max(-300, Math.min(300, event.deltaY * (event.deltaMode ? 30 : 1))) * 0.002), ...at(event));
      redraw();
    }, { passive: false });
    canvas.addEventListener("keydown", (event) => {
      const acts = {
        ArrowLeft: () => pan(80, 0), ArrowRight: () => pan(-80, 0), ArrowUp: () => pan(0, 80), ArrowDown: () => pan(0, -80),
        "+": () => zoom(1.5), "=": () => zoom(1.5), "-": () => zoom(1 / 1.5), 0: whole,
        Enter: () => open(width / 2, height / 2, 60), Escape: close,
      };
      if (!acts[event.key] || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      acts[event.key]();
      redraw();
    });
    card.addEventListener("keydown", (event) => { if (event.key === "Escape") { close(); canvas.focus(); } });
    for (const button of root.querySelectorAll("[data-map-zoom]")) button.addEventListener("click", () => { zoom(Number(button.dataset.mapZoom)); redraw(); });
    find("whole").addEventListener("click", () => { whole(); redraw(); });

    // ---- legend
    const toggled = (button, on) => button.setAttribute("aria-pressed", String(on));
    const count = (button, holds) => { button.querySelector("[data-map-count]").textContent = points.reduce((sum, row) => sum + (holds(row) ? 1 : 0), 0); };
    for (const button of root.querySelectorAll("[data-map-grade]")) {
      const number = RANKS.indexOf(button.dataset.mapGrade);
      button.dataset.name = button.textContent.trim();
      count(button, (row) => rank(row) === number);
      button.addEventListener("click", () => {
        if (!hidden.delete(number)) hidden.add(number);
        toggled(button, !hidden.has(number));
        redraw();
      });
    }
    for (const button of root.querySelectorAll("[data-map-only]")) {
      const name = button.dataset.mapOnly;
      count(button, (row) => row[4] & (name === "key" ? KEY : SUSPENDED));
      button.addEventListener("click", () => {
        if (!only.delete(name)) only.add(name);
        toggled(button, only.has(name));
        redraw();
      });
    }
    const beyond = find("outside");
    if (beyond) beyond.textContent = `${points.reduce((sum, row) => sum + (row[4] & OUTSIDE ? 1 : 0), 0)} 家`;

    new ResizeObserver(() => {
      const first = !width;
      ({ clientWidth: width, clientHeight: height } = frame);
      ratio = Math.min(devicePixelRatio || 1, 2);
      canvas.width = width * ratio;
      canvas.height = height * ratio;
      if (!width) return;
      if (first) whole();
      draw();
      root.dataset.mapDrawn = String(points.length);
    }).observe(frame);
  };

  const start = async (root) => {
    root.querySelector("[data-map-place]").hidden = false;
    try {
      const [found, map] = await Promise.all([get(root.dataset.points), root.dataset.boundaries ? get(root.dataset.boundaries) : null]);
      draws(root, found.points, map && map.geojson);
    } catch (fault) {
      root.querySelector("[data-map-said]").textContent = "没有读到企业坐标，请刷新页面再试。下表的数字不受影响。";
      console.warn(fault);
    }
  };
  const all = () => document.querySelectorAll("[data-map]:not([data-map-begun])").forEach((root) => { root.dataset.mapBegun = ""; start(root); });
  all();
  document.addEventListener("htmx:afterSettle", all);
})();
