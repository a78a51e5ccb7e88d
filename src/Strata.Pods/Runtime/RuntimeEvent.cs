namespace Strata.Pods.Runtime;

/// <summary>Something with this id (a container or a sandbox) started or ended.</summary>
/// <param name="Id">Container or sandbox id.</param>
/// <param name="OutOfMemory">The kernel killed a process of it for lack of memory.</param>
public readonly record struct RuntimeEvent(string Id, bool OutOfMemory);
