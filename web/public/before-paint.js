(() => {
  const root = document.documentElement;
  try {
    const theme = localStorage.getItem('nobel21.theme');
    if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;
    const language = localStorage.getItem('nobel21.language');
    if (language === 'sv' || language === 'en') root.lang = language;
  } catch {
    // Storage may be forbidden; then the device's own wishes hold.
  }
})();
