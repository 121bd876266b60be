/* Deleting, restoring and putting away from C. */
#include <guanxi.h>

#include <stdio.h>

int main(void) {
  guanxi_error *err = NULL;
  guanxi_tenant *shop = NULL;
  guanxi_session *s = NULL;
  guanxi_draft *d = NULL;
  guanxi_record *acme = NULL;
  guanxi_result *r = NULL;
  int64_t id = 0, back = 0, archived = 0;
  remove("deleting_c.gx");
  guanxi_open(NULL, "deleting_c.gx", GUANXI_NTS, NULL, &shop, &err);
  guanxi_as_user(shop, "admin", GUANXI_NTS, &s, &err);
  guanxi_draft_create(s, "account", GUANXI_NTS, &d, &err);
  guanxi_draft_set_text(d, "name", GUANXI_NTS, "Acme", GUANXI_NTS, &err);
  guanxi_create(s, d, NULL, &acme, &err);
  id = guanxi_record_id(acme);

  guanxi_delete(s, "account", GUANXI_NTS, id, NULL, &err);
  guanxi_restore(s, "account", GUANXI_NTS, id, NULL, &back, &err); /* back is 1 */
  guanxi_archive(s, "account", GUANXI_NTS, id, NULL, NULL, &err);
  guanxi_query(s, "select count() from account archived", GUANXI_NTS, NULL, NULL, &r, &err);
  guanxi_result_integer(r, 0, 0, &archived, NULL, &err); /* 1 */
  if (guanxi_delete(s, "account", GUANXI_NTS, id, NULL, &err) != GUANXI_OK) {
    puts(guanxi_error_message(err, NULL)); /* it is archived, which makes it read-only */
    guanxi_error_release(err);
  }

  guanxi_result_release(r);
  guanxi_record_release(acme);
  guanxi_draft_release(d);
  guanxi_session_release(s);
  guanxi_tenant_release(shop);
  return back == 1 && archived == 1 ? 0 : 1;
}
