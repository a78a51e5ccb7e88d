namespace Strata.ContainerInstances.Translation;

/// <summary>Kubernetes expands <c>$(NAME)</c> in commands and values, ACI does not: text that would be touched is escaped.
/// Rules: k8s.io/kubernetes third_party/forked/golang/expansion, where <c>$$</c> stands for one dollar sign.</summary>
internal static class VariableSyntax
{
    public static string Escape(string text) =>
        text.Contains("$(", StringComparison.Ordinal) || text.Contains("$$", StringComparison.Ordinal)
            ? text.Replace("$", "$$", StringComparison.Ordinal)
            : text;
}
