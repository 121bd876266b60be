#include "log.hpp"

#include "guanxi/base/json.hpp"

namespace guanxi::work {

namespace {

bool stamp(std::uint16_t slot) {
  namespace at = schema::system_slot;
  return slot == at::id || slot == at::revision || slot == at::modified_at ||
         slot == at::modified_by;
}

}  // namespace

std::vector<std::uint16_t> differing(const schema::record& before, const schema::record& after) {
  std::vector<std::uint16_t> out;
  for (std::uint16_t slot = 0; slot < after.of().slots(); ++slot) {
    if (stamp(slot)) continue;
    const value& now = after.at(slot);
    if (before.empty() ? !now.is_null() : !(before.at(slot) == now)) out.push_back(slot);
  }
  return out;
}

std::string fields_as_json(const schema::record& r, const std::vector<std::uint16_t>& slots) {
  std::string out = "{";
  for (std::uint16_t slot : slots) {
    if (out.size() > 1) out += ',';
    append_json_text(out, r.of().at(slot).name);
    out += ':';
    append_json_value(out, r.at(slot));
  }
  return out + "}";
}

}  // namespace guanxi::work
