// Runs before the first paint: marks that scripts work and takes over the brand color of the portal.
// The theme itself comes from the server (data-bs-theme) or from the system; nothing flashes.
(() => {
  "use strict";

  const root = document.documentElement;
  root.classList.add("js");

  const brand = root.dataset.brand || "";
  if (!/^#[0-9a-f]{6}$/i.test(brand)) return;

  const channel = (at) => {
    const share = parseInt(brand.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  const luminance = 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
  // Whichever of black and white reads better on the brand color.
  const isDark = 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05;
  root.style.setProperty("--brand", brand);
  root.style.setProperty("--brand-ink", isDark ? "#ffffff" : "#10131a");
  root.style.setProperty("--brand-strong", `color-mix(in srgb, ${brand} 85%, ${isDark ? "black" : "white"})`);
})();
