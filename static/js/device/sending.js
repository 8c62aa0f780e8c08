// Files on their way in, piece by piece (tus 1.0).
const PIECE = 512 * 1024;

// The client library is fetched when there is something to send.
let library;
export const tusFrom = (address) => {
  library = library || new Promise((done, failed) => {
    const tag = document.createElement("script");
    tag.src = address;
    tag.onload = () => done(window.tus);
    tag.onerror = () => { library = null; failed(new Error("offline")); };
    document.head.append(tag);
  });
  return library;
};

// `one` has key, name, type, bytes, digest, and begun where the portal knows of it.
export const sendPieces = (one, { Upload }, { endpoint, retries, token, begun, progress }) => new Promise((done, failed) => {
  const upload = new Upload(new Blob([one.bytes], { type: one.type }), {
    endpoint, chunkSize: PIECE, retryDelays: retries, storeFingerprintForResuming: false, removeFingerprintOnSuccess: false,
    uploadUrl: one.begun ? `${endpoint}${one.key}/` : null,
    metadata: { filename: one.name.slice(-120), key: one.key, sm3: one.digest },
    onBeforeRequest: (request) => { request.setHeader("X-CSRFToken", token()); },
    onUploadUrlAvailable: () => { one.begun = true; begun?.(); },
    onProgress: (sent, all) => progress?.(Math.floor((100 * sent) / all)),
    onSuccess: done,
    onError: failed,
  });
  upload.start();
});
