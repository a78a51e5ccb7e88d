namespace Strata.Api.Schema;

/// <summary>How the schema tables name types: protobuf packages cut to their last two labels.</summary>
internal static class SchemaTypeNames
{
    // Kinds that every group version accepts (apimachinery: meta/v1 AddToGroupVersion).
    private static readonly string[] MetaKindNames =
        ["DeleteOptions", "CreateOptions", "UpdateOptions", "PatchOptions", "GetOptions", "ListOptions", "WatchEvent", "Status"];

    /// <summary>Package of a group version: <c>core.v1</c>, <c>apps.v1</c>, <c>rbac.v1</c>.</summary>
    public static string Package(string apiVersion)
    {
        var slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
        {
            return "core." + apiVersion;
        }

        var group = apiVersion[..slash];
        var version = apiVersion[(slash + 1)..];
        var label = group == "internal.apiserver.k8s.io" ? "apiserverinternal" : group.Split('.')[0];
        return $"{label}.{version}";
    }

    public static bool IsMetaKind(string kind) => Array.IndexOf(MetaKindNames, kind) >= 0;

    /// <summary>The JSON kind of one value of a type, and whether it is a message that is a string array in JSON.</summary>
    public static (SchemaFieldKind Kind, bool IsStringList) Classify(string type) => type switch
    {
        "string" => (SchemaFieldKind.String, false),
        "int32" => (SchemaFieldKind.Int32, false),
        "int64" => (SchemaFieldKind.Int64, false),
        "bool" => (SchemaFieldKind.Bool, false),
        "double" => (SchemaFieldKind.Double, false),
        "bytes" => (SchemaFieldKind.Bytes, false),
        "meta.v1.Time" => (SchemaFieldKind.Time, false),
        "meta.v1.MicroTime" => (SchemaFieldKind.MicroTime, false),
        "meta.v1.Duration" => (SchemaFieldKind.Duration, false),
        "resource.Quantity" => (SchemaFieldKind.Quantity, false),
        "intstr.IntOrString" => (SchemaFieldKind.IntOrString, false),
        "meta.v1.FieldsV1" or "runtime.RawExtension" or "apiextensions.v1.JSON" => (SchemaFieldKind.RawJson, false),

        // Unions in JSON (an object, a list or a boolean): checked by whoever reads custom resource schemas.
        "apiextensions.v1.JSONSchemaPropsOrArray" or "apiextensions.v1.JSONSchemaPropsOrBool" or "apiextensions.v1.JSONSchemaPropsOrStringArray" => (SchemaFieldKind.RawJson, false),
        _ when type.EndsWith(".ExtraValue", StringComparison.Ordinal) || type.EndsWith(".Verbs", StringComparison.Ordinal) => (SchemaFieldKind.String, true),
        _ => (SchemaFieldKind.Object, false),
    };
}
