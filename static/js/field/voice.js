// Voice notes: recorded where the browser can, and written to the store every two seconds, so that a flat battery or a closed tab
// costs no more than those.
import { bytesOf } from "../device/pictures.js";

export const MOST_SECONDS = 120;
const MOST_BYTES = 4 * 1048576, PART = 2000;
const TYPES = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];

const typeHere = () => (window.MediaRecorder ? TYPES.find((type) => MediaRecorder.isTypeSupported(type)) : undefined);
export const canRecord = () => Boolean(navigator.mediaDevices?.getUserMedia && typeHere());

let running = null;
// What is being recorded is ended and kept: a page that is left records nothing more.
export const stopRecording = async () => { await running?.(); };
document.addEventListener("visibilitychange", () => { if (document.hidden) running?.flush(); });

// `keep` gets all that was said so far, again and again, the last time when it has ended; `tick` hears the seconds.
export const record = async (keep, tick) => {
  await stopRecording();
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const type = typeHere(), recorder = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: 32000 });
  const parts = [], began = Date.now();
  const seconds = () => Math.min(MOST_SECONDS, Math.max(1, Math.round((Date.now() - began) / 1000)));
  let writing = Promise.resolve(), size = 0;
  recorder.addEventListener("dataavailable", ({ data }) => {
    if (!data.size) return;
    if (size + data.size > MOST_BYTES) { stop(); return; }
    parts.push(data);
    size += data.size;
    const soFar = new Blob(parts, { type: type.split(";")[0] }), so = seconds();
    writing = writing.then(async () => keep(await bytesOf(soFar), soFar.type, so));
    tick(so);
  });
  const ended = new Promise((done) => recorder.addEventListener("stop", () => { stream.getTracks().forEach((track) => track.stop()); done(); }));
  const stop = async () => {
    clearTimeout(limit);
    running = null;
    if (recorder.state !== "inactive") recorder.stop();
    await ended;
    await writing;
  };
  const limit = setTimeout(stop, MOST_SECONDS * 1000);
  stop.flush = () => { if (recorder.state === "recording") recorder.requestData(); };
  recorder.start(PART);
  running = stop;
  return { over: ended.then(() => writing) };
};
