/*
 * An ERP that has a SQLite database of its own, and a CRM in it: the order that the ERP inserts and
 * the deal that the CRM closes are one transaction, which the ERP alone commits or rolls back. It
 * writes erp.db in the current folder, anew each time.
 */
#include <sqlite3.h>

#include <guanxi.h>
#include <guanxi_sqlite.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static void must(int32_t code, guanxi_error **err) {
  if (code == GUANXI_OK) return;
  fprintf(stderr, "%s: %s\n", guanxi_error_name(*err), guanxi_error_message(*err, NULL));
  guanxi_error_release(*err);
  exit(1);
}

static void sql(sqlite3 *db, const char *text) {
  if (sqlite3_exec(db, text, NULL, NULL, NULL) == SQLITE_OK) return;
  fprintf(stderr, "%s: %s\n", text, sqlite3_errmsg(db));
  exit(1);
}

static int64_t create(guanxi_session *session, const char *entity, const char *name,
                      const char *parent_field, int64_t parent) {
  guanxi_error *err = NULL;
  guanxi_draft *draft = NULL;
  guanxi_record *record = NULL;
  int64_t id;
  must(guanxi_draft_create(session, entity, GUANXI_NTS, &draft, &err), &err);
  must(guanxi_draft_set_text(draft, "name", GUANXI_NTS, name, GUANXI_NTS, &err), &err);
  if (parent != 0)
    must(guanxi_draft_set_reference(draft, parent_field, GUANXI_NTS, parent, &err), &err);
  must(guanxi_create(session, draft, NULL, &record, &err), &err);
  id = guanxi_record_id(record);
  guanxi_record_release(record);
  guanxi_draft_release(draft);
  return id;
}

static int count_orders(sqlite3 *db) {
  sqlite3_stmt *statement = NULL;
  int orders = -1;
  if (sqlite3_prepare_v2(db, "SELECT count(*) FROM orders", -1, &statement, NULL) == SQLITE_OK &&
      sqlite3_step(statement) == SQLITE_ROW)
    orders = sqlite3_column_int(statement, 0);
  sqlite3_finalize(statement);
  return orders;
}

static int64_t count_deals(guanxi_session *session) {
  guanxi_error *err = NULL;
  guanxi_result *found = NULL;
  int64_t deals;
  must(guanxi_query(session, "select name from opportunity", GUANXI_NTS, NULL, NULL, &found, &err),
       &err);
  deals = guanxi_result_row_count(found);
  guanxi_result_release(found);
  return deals;
}

/* Ends the program unless both sides have as many. */
static void both_have(sqlite3 *db, guanxi_session *session, int expected, const char *when) {
  const int orders = count_orders(db);
  const int64_t deals = count_deals(session);
  printf("%s: %d orders, %" PRId64 " deals\n", when, orders, deals);
  if (orders != expected || deals != expected) exit(1);
}

int main(void) {
  guanxi_error *err = NULL;
  guanxi_tenant *crm = NULL;
  guanxi_session *session = NULL;
  const guanxi_sqlite_functions sqlite = guanxi_sqlite_functions_here();
  sqlite3 *db = NULL;
  int64_t pipeline, stage;

  remove("erp.db");
  if (sqlite3_open("erp.db", &db) != SQLITE_OK) return 1;
  sql(db, "CREATE TABLE account (number TEXT); CREATE TABLE orders (amount INTEGER)");

  /* The CRM's tables are gx_account, gx_opportunity, …: the ERP's own `account` stays its own. */
  must(guanxi_open_in(NULL, db, &sqlite, NULL, &crm, &err), &err);
  must(guanxi_as_user(crm, "admin", GUANXI_NTS, &session, &err), &err);
  pipeline = create(session, "pipeline", "Sales", NULL, 0);
  stage = create(session, "stage", "New", "pipeline", pipeline);

  sql(db, "BEGIN; INSERT INTO orders VALUES (4900)");
  create(session, "opportunity", "Tea for a year", "stage", stage);
  sql(db, "ROLLBACK");
  both_have(db, session, 0, "rolled back");

  sql(db, "BEGIN; INSERT INTO orders VALUES (4900)");
  create(session, "opportunity", "Tea for a year", "stage", stage);
  sql(db, "COMMIT");
  both_have(db, session, 1, "committed");

  guanxi_session_release(session);
  guanxi_tenant_release(crm); /* before the connection, which it used */
  return sqlite3_close(db) == SQLITE_OK ? 0 : 1;
}
