// The migrations of this folder, embedded by the build.
#ifndef COMITY_REPORTING_MIGRATIONS_H_
#define COMITY_REPORTING_MIGRATIONS_H_

#include <vector>

#include "services/runtime/storage/migrations.h"

namespace comity::reporting {

std::vector<storage::Migration> ReportingMigrations();

}  // namespace comity::reporting

#endif  // COMITY_REPORTING_MIGRATIONS_H_
