// The migrations of this folder, embedded by the build.
#ifndef COMITY_LEAD_LEAD_MIGRATIONS_H_
#define COMITY_LEAD_LEAD_MIGRATIONS_H_

#include <vector>

#include "services/runtime/storage/migrations.h"

namespace comity::lead {

std::vector<storage::Migration> LeadMigrations();

}  // namespace comity::lead

#endif  // COMITY_LEAD_LEAD_MIGRATIONS_H_
