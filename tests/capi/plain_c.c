/* The interface used from C99, with nothing of C++ near it. */
#include "plain_c.h"

#include <guanxi.h>

#include <string.h>

static int32_t cancel(void *user, uint64_t done, uint64_t total) {
  (void)done;
  (void)total;
  *(int *)user += 1;
  return 1;
}

static int64_t noon(void *user) {
  (void)user;
  return INT64_C(1767614400000000);
}

static int walk(guanxi_session *admin) {
  guanxi_error *err = NULL;
  guanxi_draft *draft = NULL;
  guanxi_record *acme = NULL;
  guanxi_result *result = NULL;
  guanxi_value value = {sizeof value, 0, 0, NULL, 0, 0};
  int asked = 0;
  int64_t at = 0;

  if (guanxi_draft_create(admin, "account", GUANXI_NTS, &draft, &err) != GUANXI_OK) return __LINE__;
  if (guanxi_draft_set_text(draft, "name", 4, "Acme", 4, &err) != GUANXI_OK) return __LINE__;
  if (guanxi_draft_set_boolean(draft, "name", 4, 1, &err) != GUANXI_TYPE_MISMATCH) return __LINE__;
  if (strcmp(guanxi_error_field(err, NULL), "name") != 0) return __LINE__;
  guanxi_error_release(err);
  if (guanxi_create(admin, draft, NULL, &acme, &err) != GUANXI_OK) return __LINE__;
  guanxi_draft_release(draft);
  if (guanxi_record_instant(acme, "created_at", 10, &at, NULL, &err) != GUANXI_OK) return __LINE__;
  if (at != noon(NULL)) return __LINE__;
  if (guanxi_record_value(acme, "name", 4, &value, &err) != GUANXI_OK) return __LINE__;
  if (value.type != GUANXI_TYPE_TEXT || strcmp(value.text, "Acme") != 0) return __LINE__;
  guanxi_record_release(acme);

  if (guanxi_query(admin, "select name from account", GUANXI_NTS, NULL, NULL, &result, &err))
    return __LINE__;
  if (guanxi_result_row_count(result) != 1) return __LINE__;
  guanxi_result_release(result);

  if (guanxi_generate_sample(admin, NULL, cancel, &asked, NULL, &err) != GUANXI_INTERRUPTED)
    return __LINE__;
  guanxi_error_release(err);
  return asked == 1 ? 0 : __LINE__;
}

int plain_c_walk(void) {
  guanxi_open_options options = {sizeof options, 0, 0, NULL, 0, NULL, 0, 0, 0, 0};
  guanxi_environment *world = NULL;
  guanxi_tenant *crm = NULL;
  guanxi_session *admin = NULL;
  int wrong;
  if (guanxi_environment_create(&world, NULL) != GUANXI_OK) return __LINE__;
  if (guanxi_environment_set_clock(world, noon, NULL, NULL, NULL) != GUANXI_OK) return __LINE__;
  if (guanxi_open(world, ":memory:", GUANXI_NTS, &options, &crm, NULL) != GUANXI_OK)
    return __LINE__;
  if (guanxi_as_user(crm, "admin", GUANXI_NTS, &admin, NULL) != GUANXI_OK) return __LINE__;
  guanxi_tenant_release(crm);
  guanxi_environment_release(world);
  wrong = walk(admin);
  guanxi_session_release(admin);
  return wrong;
}
