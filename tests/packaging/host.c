/* What a C host does in ten lines; it ends well only if the answer is right. */
#include <guanxi.h>
#include <stdio.h>
#include <string.h>

int main(void) {
  guanxi_error *err = NULL;
  guanxi_tenant *shop = NULL;
  guanxi_session *s = NULL;
  guanxi_draft *d = NULL;
  guanxi_record *acme = NULL;
  guanxi_result *r = NULL;
  const char *name = "";
  int good = guanxi_open(NULL, "host.gx", GUANXI_NTS, NULL, &shop, &err) == GUANXI_OK &&
             guanxi_as_user(shop, "admin", GUANXI_NTS, &s, &err) == GUANXI_OK &&
             guanxi_draft_create(s, "account", GUANXI_NTS, &d, &err) == GUANXI_OK &&
             guanxi_draft_set_text(d, "name", GUANXI_NTS, "Acme", GUANXI_NTS, &err) == GUANXI_OK &&
             guanxi_create(s, d, NULL, &acme, &err) == GUANXI_OK &&
             guanxi_query(s, "select name from account", GUANXI_NTS, NULL, NULL, &r, &err) ==
                 GUANXI_OK &&
             guanxi_result_text(r, 0, 0, &name, NULL, &err) == GUANXI_OK;
  puts(good ? name : guanxi_error_message(err, NULL));
  good = good && strcmp(name, "Acme") == 0;
  guanxi_error_release(err);
  guanxi_result_release(r);
  guanxi_record_release(acme);
  guanxi_draft_release(d);
  guanxi_session_release(s);
  guanxi_tenant_release(shop);
  return good ? 0 : 1;
}
