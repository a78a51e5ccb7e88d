using Strata.Api.Schema;

namespace Strata.Api.OpenApi;

/// <summary>Names that upstream's documents use for types and operations.</summary>
internal static class OpenApiNames
{
    /// <summary><c>core.v1.Pod</c> → <c>io.k8s.api.core.v1.Pod</c>.</summary>
    public static string Schema(string type)
    {
        var package = type[..type.IndexOf('.', StringComparison.Ordinal)];
        return package switch
        {
            "meta" => "io.k8s.apimachinery.pkg.apis." + type,
            "runtime" => "io.k8s.apimachinery.pkg." + type,
            "intstr" => "io.k8s.apimachinery.pkg.util." + type,
            "resource" when type == "resource.Quantity" => "io.k8s.apimachinery.pkg.api." + type,
            "apiextensions" => "io.k8s.apiextensions-apiserver.pkg.apis." + type,
            "apiregistration" => "io.k8s.kube-aggregator.pkg.apis." + type,
            _ => "io.k8s.api." + type,
        };
    }

    /// <summary>A kind that is not built in: <c>com.example.stable.v1.CronTab</c>.</summary>
    public static string Custom(Models.KindInfo resource, string kind) => $"{string.Join('.', resource.Group.Split('.').Reverse())}.{resource.Version}.{kind}";

    /// <summary>Group and version as part of an operation id: <c>CoreV1</c>, <c>RbacAuthorizationV1</c>.</summary>
    public static string Operation(string group, string version)
    {
        var name = group.Length == 0 ? "core" : group.EndsWith(".k8s.io", StringComparison.Ordinal) ? group[..^".k8s.io".Length] : group;
        return string.Concat(name.Split('.').Select(Pascal)) + Pascal(version);
    }

    public static string Pascal(string text) => text.Length == 0 ? "" : char.ToUpperInvariant(text[0]) + text[1..];

    /// <summary>The API group behind a package of the schema table; null for packages that hold no kinds.</summary>
    public static string? ApiVersion(SchemaTable schema, string type)
    {
        var package = type[..type.LastIndexOf('.')];
        return schema.Resources.FirstOrDefault(resource => SchemaTypeNames.Package(resource.ApiVersion) == package)?.ApiVersion;
    }
}
