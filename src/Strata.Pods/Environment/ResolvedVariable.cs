namespace Strata.Pods.Environment;

/// <summary>A variable with its final value and where that came from, so that a secret stays one on the other side of the runtime seam.</summary>
public sealed record ResolvedVariable(string Name, string Value, VariableSource Source)
{
    public bool IsSecret => Source == VariableSource.Secret;
}
