"""What people see of an optimization: record, report, explanation; and a model that proposes."""
