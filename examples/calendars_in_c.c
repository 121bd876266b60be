/* What was made today, by the days of Shanghai. */
#include <guanxi.h>

#include <stdio.h>
#include <stdlib.h>

static void must(int32_t code, guanxi_error** err) {
  if (code == GUANXI_OK) return;
  fprintf(stderr, "%s: %s\n", guanxi_error_name(*err), guanxi_error_message(*err, NULL));
  guanxi_error_release(*err);
  exit(1);
}

int main(void) {
  guanxi_error* err = NULL;
  guanxi_tenant* crm = NULL;
  guanxi_session* s = NULL;
  guanxi_result* made = NULL;
  guanxi_query_options by = {.struct_size = sizeof by, .time_zone = "Asia/Shanghai"};
  int64_t number = 0;
  by.time_zone_length = GUANXI_NTS;
  must(guanxi_open(NULL, ":memory:", GUANXI_NTS, NULL, &crm, &err), &err);
  must(guanxi_as_user(crm, "admin", GUANXI_NTS, &s, &err), &err);
  must(guanxi_query(s, "select count() as n from user where created_at in today",
                    GUANXI_NTS, NULL, &by, &made, &err), &err);
  must(guanxi_result_integer(made, 0, 0, &number, NULL, &err), &err);
  printf("%lld user made today\n", (long long)number);
  guanxi_result_release(made);
  guanxi_session_release(s);
  guanxi_tenant_release(crm);
  return number == 1 ? 0 : 1;
}
