// Something on this device is not with the portal yet: said in a cookie without anybody's name, so that a log-out on any page,
// with or without scripts, does not ask the browser to clear it away.
export const markUnsent = (what, any) => {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `unsent_${what}=${any ? 1 : ""}; Path=/; SameSite=Lax; Max-Age=${any ? 34560000 : 0}${secure}`;
};
