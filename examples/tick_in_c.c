/* What is due, from C. */
#include <guanxi.h>

#include <stdio.h>
#include <stdlib.h>

static void must(int32_t code, guanxi_error **err) {
  if (code == GUANXI_OK) return;
  fprintf(stderr, "%s\n", guanxi_error_message(*err, NULL));
  exit(1);
}

int main(void) {
  guanxi_error *err = NULL;
  guanxi_tenant *shop = NULL;
  guanxi_session *s = NULL;
  guanxi_draft *d = NULL;
  guanxi_buffer *failures = NULL;
  guanxi_tick_report report = {.struct_size = sizeof report};
  remove("tick_in_c.gx");
  must(guanxi_open(NULL, "tick_in_c.gx", GUANXI_NTS, NULL, &shop, &err), &err);
  must(guanxi_as_user(shop, "admin", GUANXI_NTS, &s, &err), &err);
  must(guanxi_draft_create(s, "activity", GUANXI_NTS, &d, &err), &err);
  must(guanxi_draft_set_text(d, "subject", GUANXI_NTS, "Call Acme", GUANXI_NTS, &err), &err);
  must(guanxi_draft_set_text(d, "remind_at", GUANXI_NTS, "2026-01-05T09:00:00Z", GUANXI_NTS, &err),
       &err);
  must(guanxi_create(s, d, NULL, NULL, &err), &err);

  must(guanxi_tick(shop, NULL, NULL, NULL, &report, &failures, &err), &err);
  printf("%lld done\n", (long long)report.ran);
  if (report.failed != 0) puts(guanxi_buffer_data(failures, NULL));

  guanxi_buffer_release(failures);
  guanxi_draft_release(d);
  guanxi_session_release(s);
  guanxi_tenant_release(shop);
  return report.ran == 1 && !report.has_next ? 0 : 1;
}
