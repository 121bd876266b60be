// The night watch of a store: it is checked, backed up, lost, and brought back.
#include <guanxi/guanxi.hpp>
#include <guanxi/session/keeping.hpp>

#include <cstdio>
#include <fstream>
#include <iostream>

using namespace guanxi;

namespace {

void add(const tenant& crm, const char* name) {
  session s = crm.as_user("admin").value();
  s.create(crm::account::entity, {crm::account::name = name}).value();
}

/// What a bad sector does.
void wipe_the_first_page(const char* path) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.write(std::string(4096, '\0').data(), 4096);
}

}  // namespace

int main() {
  for (const char* old : {"watched.gx", "monday.gx", "rescued.gx"}) std::remove(old);
  {
    tenant crm = open("watched.gx").value();
    add(crm, "Acme");
    const store::verification seen = crm.verify().value();
    for (const store::finding& f : seen.findings) std::cout << f.text << "\n";
    if (!seen.sound()) return 1;

    const store::backup_report made = crm.backup("monday.gx").value();
    std::cout << "monday.gx holds all up to change " << made.sequence << "\n";
  }
  wipe_the_first_page("watched.gx");
  if (open("watched.gx")) return 1;

  const store::salvage_report rescued = salvage("watched.gx", "rescued.gx").value();
  std::cout << rescued.kept << " records kept, " << rescued.lost << " lost\n";
  if (rescued.lost != 0) return 1;

  std::remove("watched.gx");  // or {.overwrite = true}, over a store that can still be opened
  restore("monday.gx", "watched.gx").value();
  return open("watched.gx", {.create = false}).value().verify().value().sound() ? 0 : 1;
}
