"""What always holds of a module: conditions, constants, equalities, reachable codes; by SAT."""
