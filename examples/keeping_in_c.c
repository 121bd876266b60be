/* A store is checked, backed up and brought back, from C. */
#include <guanxi.h>

#include <stdio.h>

static int failed(int32_t code, guanxi_error **err) {
  if (code == GUANXI_OK) return 0;
  fprintf(stderr, "%s\n", guanxi_error_message(*err, NULL));
  guanxi_error_release(*err);
  *err = NULL;
  return 1;
}

static int32_t shown(void *user, uint64_t done, uint64_t total) {
  (void)user;
  if (total != 0) fprintf(stderr, "\r%d%%", (int)(100 * done / total));
  return 0; /* anything else ends it */
}

int main(void) {
  guanxi_error *err = NULL;
  guanxi_tenant *crm = NULL;
  guanxi_buffer *report = NULL;
  int64_t findings = 0, sequence = 0;
  remove("watched_in_c.gx");
  remove("monday_in_c.gx");
  remove("back_in_c.gx");
  if (failed(guanxi_open(NULL, "watched_in_c.gx", GUANXI_NTS, NULL, &crm, &err), &err)) return 1;

  if (failed(guanxi_tenant_verify(crm, 0, shown, NULL, &findings, &report, &err), &err)) return 1;
  if (findings != 0) printf("%s\n", guanxi_buffer_data(report, NULL));
  guanxi_buffer_release(report);

  if (failed(guanxi_tenant_backup(crm, "monday_in_c.gx", GUANXI_NTS, NULL, NULL, &sequence, NULL,
                                  &err), &err)) return 1;
  printf("monday_in_c.gx holds all up to change %lld\n", (long long)sequence);
  guanxi_tenant_release(crm);

  if (failed(guanxi_restore_backup("monday_in_c.gx", GUANXI_NTS, "back_in_c.gx", GUANXI_NTS, 0,
                                   NULL, NULL, NULL, &err), &err)) return 1;
  return findings != 0;
}
