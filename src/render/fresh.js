// fresh.js - optional: the page works without it. With it, it knows its own age by the reader's clock, also when it was
// old as it was opened (status-page.md 5).
(() => {
  const due = document.querySelector('time[data-due]');
  if (!due) return;
  const patience = 5 * 60 * 1000;
  const look = () => {
    const isOld = Date.now() - Date.parse(due.dateTime) > patience;
    document.documentElement.classList.toggle('js-stale', isOld);
  };
  look();
  setInterval(look, 10 * 1000);
  document.addEventListener('visibilitychange', look);
})();
