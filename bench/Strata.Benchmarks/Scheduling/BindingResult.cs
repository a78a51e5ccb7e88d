namespace Strata.Benchmarks.Scheduling;

/// <summary>How long it took to bind all pods.</summary>
/// <param name="WhileCreating">From the first creation to the last binding.</param>
/// <param name="Waiting">From the scheduler's start to the last binding, all pods being there.</param>
internal sealed record BindingResult(int Nodes, int Pods, TimeSpan WhileCreating, TimeSpan Waiting);
