#include "guanxi/store/keeping.hpp"

namespace guanxi::store {

std::string_view name(part p) noexcept {
  switch (p) {
    case part::file: return "file";
    case part::record: return "record";
    case part::index: return "index";
    case part::log: return "log";
  }
  return "";
}

}  // namespace guanxi::store
