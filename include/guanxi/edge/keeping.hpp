// Reports of keeping a store safe, as JSON.
//
//   std::cout << to_json(crm.verify().value());
#pragma once

#include "guanxi/session/keeping.hpp"

#include <string>

namespace guanxi::edge {

/// {"sound": …, "records": …, "sequence": …, "findings": [{"part": "record", "entity": "account",
/// "record": "12", "text": …}, …], "more": …}; ids are texts, as everywhere in JSON.
std::string to_json(const store::verification& seen);
/// {"sequence": …, "records": …, "bytes": …}
std::string to_json(const store::backup_report& made);
/// {"kept": …, "doubtful": …, "lost": …, "entities": [{"name": …, "kept": …, "doubtful": …,
/// "lost": …}, …], "findings": […], "more": …}
std::string to_json(const store::salvage_report& made);

}  // namespace guanxi::edge
