// Why a principal may or may not do something to a record: every path that grants, or each gate
// that failed and the nearest missing grant. The verdict is that of the check, always.
//
//   explanation why = explain(grants, action::edit, record);
//   why.allowed;   why.reasons[0].text.en   // "owns the record"
//
// Thread rule: values.
#pragma once

#include "guanxi/policy/principal.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace guanxi::schema {
class record;
}

namespace guanxi::policy {

class grants;
class relatives;

struct reason {
  bool grants = false;      ///< a path that grants, or a gate that failed
  std::string code;         ///< stable: entity_right, view_all, default, owner, hierarchy, …
  std::string text_en, text_zh;
};

struct explanation {
  bool allowed = false;
  std::vector<reason> reasons;
};

/// `others` finds the records that rules about other records go by.
explanation explain(const grants& who, action a, const schema::record& r, relatives& others);
/// For a field: the record's verdict and the field right together. `a` is read or edit.
explanation explain(const grants& who, action a, const schema::record& r, std::uint16_t slot,
                    relatives& others);

}  // namespace guanxi::policy

#ifdef GUANXI_HEADER_ONLY
#include "guanxi/policy/explain-inl.hpp"
#endif
