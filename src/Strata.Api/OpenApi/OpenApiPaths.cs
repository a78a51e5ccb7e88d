using System.Text.Json;

namespace Strata.Api.OpenApi;

/// <summary>Writes the paths of served resources and collects the types they use. Not thread-safe; used once.</summary>
internal sealed class OpenApiPaths(Utf8JsonWriter writer, OpenApiSchemas schemas, OpenApiDialect dialect)
{
    // Subresources that open a stream or pass a request on instead of acting on an object.
    private static readonly string[] ConnectNames = ["attach", "exec", "portforward", "proxy"];

    private static readonly (string Verb, string Method)[] ConnectMethods = [("get", "get"), ("create", "post")];

    /// <summary>Writes all paths of one resource as members of the object that the writer stands in.</summary>
    public void Write(OpenApiResource resource)
    {
        var kind = resource.Kind;
        schemas.Define(resource);
        var scope = kind.Namespaced ? $"{kind.BasePath}/namespaces/{{namespace}}/{kind.Plural}" : $"{kind.BasePath}/{kind.Plural}";
        WritePath(scope, kind.Namespaced, hasName: false, Collection(resource));
        if (kind.Namespaced && resource.Verbs.Contains("list"))
        {
            WritePath($"{kind.BasePath}/{kind.Plural}", isNamespaced: false, hasName: false, [List(resource, $"{kind.Kind}ForAllNamespaces")]);
        }

        WritePath($"{scope}/{{name}}", kind.Namespaced, hasName: true, Item(resource));
        foreach (var subresource in resource.Subresources)
        {
            WritePath($"{scope}/{{name}}/{subresource.Name}", kind.Namespaced, hasName: true, Subresource(resource, subresource));
        }
    }

    private static string Id(string verb, OpenApiResource resource, string suffix) =>
        $"{verb}{OpenApiNames.Operation(resource.Kind.Group, resource.Kind.Version)}{suffix}";

    private static string Scoped(OpenApiResource resource) => (resource.Kind.Namespaced ? "Namespaced" : "") + resource.Kind.Kind;

    private IEnumerable<OpenApiOperation> Collection(OpenApiResource resource)
    {
        var (apiVersion, kind) = (resource.Kind.ApiVersion, resource.Kind.Kind);
        if (resource.Verbs.Contains("list"))
        {
            yield return List(resource, Scoped(resource));
        }

        if (resource.Verbs.Contains("create"))
        {
            var body = schemas.RequireKind(apiVersion, kind);
            yield return new OpenApiOperation("post", "post", Id("create", resource, Scoped(resource)), apiVersion, kind, OpenApiParameter.Write, body, body);
        }

        if (resource.Verbs.Contains("deletecollection"))
        {
            yield return new OpenApiOperation(
                "delete", "deletecollection", Id("deleteCollection", resource, Scoped(resource)), apiVersion, kind, OpenApiParameter.DeleteCollection, DeleteOptions(apiVersion), Status(apiVersion));
        }
    }

    private OpenApiOperation List(OpenApiResource resource, string suffix) => new(
        "get",
        "list",
        Id("list", resource, suffix),
        resource.Kind.ApiVersion,
        resource.Kind.Kind,
        OpenApiParameter.List,
        Body: null,
        schemas.RequireKind(resource.Kind.ApiVersion, resource.Custom?.ListKind ?? resource.Kind.Kind + "List"));

    private IEnumerable<OpenApiOperation> Item(OpenApiResource resource)
    {
        foreach (var operation in OnObject(resource, resource.Kind.ApiVersion, resource.Kind.Kind, resource.Verbs, ""))
        {
            yield return operation;
        }

        if (resource.Verbs.Contains("delete"))
        {
            var apiVersion = resource.Kind.ApiVersion;
            yield return new OpenApiOperation(
                "delete", "delete", Id("delete", resource, Scoped(resource)), apiVersion, resource.Kind.Kind, OpenApiParameter.Delete, DeleteOptions(apiVersion), Status(apiVersion));
        }
    }

    private IEnumerable<OpenApiOperation> Subresource(OpenApiResource resource, OpenApiSubresource subresource)
    {
        var (apiVersion, kind, suffix) = (subresource.ApiVersion, subresource.Kind, OpenApiNames.Pascal(subresource.Name));
        if (ConnectNames.Contains(subresource.Name))
        {
            foreach (var (verb, method) in ConnectMethods)
            {
                if (subresource.Verbs.Contains(verb))
                {
                    var id = Id("connect" + OpenApiNames.Pascal(method), resource, Scoped(resource) + suffix);
                    yield return new OpenApiOperation(method, "connect", id, apiVersion, kind, [], Body: null, Answer: null);
                }
            }

            yield break;
        }

        if (subresource.Name == "log")
        {
            yield return new OpenApiOperation("get", "get", Id("read", resource, Scoped(resource) + suffix), apiVersion, kind, [], Body: null, Answer: null);
            yield break;
        }

        foreach (var operation in OnObject(resource, apiVersion, kind, subresource.Verbs, suffix))
        {
            yield return operation;
        }

        if (subresource.Verbs.Contains("create"))
        {
            var body = schemas.RequireKind(apiVersion, kind);
            yield return new OpenApiOperation("post", "post", Id("create", resource, Scoped(resource) + suffix), apiVersion, kind, OpenApiParameter.Write, body, body);
        }
    }

    private IEnumerable<OpenApiOperation> OnObject(OpenApiResource resource, string apiVersion, string kind, IReadOnlyList<string> verbs, string suffix)
    {
        var body = schemas.RequireKind(apiVersion, kind);
        if (verbs.Contains("get"))
        {
            yield return new OpenApiOperation("get", "get", Id("read", resource, Scoped(resource) + suffix), apiVersion, kind, [], Body: null, body);
        }

        if (verbs.Contains("update"))
        {
            yield return new OpenApiOperation("put", "put", Id("replace", resource, Scoped(resource) + suffix), apiVersion, kind, OpenApiParameter.Write, body, body);
        }

        if (verbs.Contains("patch"))
        {
            yield return new OpenApiOperation(
                "patch", "patch", Id("patch", resource, Scoped(resource) + suffix), apiVersion, kind, OpenApiParameter.Patch, schemas.RequireLeaf("meta.v1.Patch"), body)
            {
                IsCustom = resource.Custom is not null,
            };
        }
    }

    private string? DeleteOptions(string apiVersion) => schemas.RequireKind(apiVersion, "DeleteOptions");

    private string? Status(string apiVersion) => schemas.RequireKind(apiVersion, "Status");

    private void WritePath(string path, bool isNamespaced, bool hasName, IEnumerable<OpenApiOperation> operations)
    {
        var all = operations.ToList();
        if (all.Count == 0)
        {
            return;
        }

        writer.WriteStartObject(path);
        foreach (var operation in all)
        {
            OpenApiOperationWriter.Write(writer, operation, schemas.ReferencePrefix, dialect);
        }

        if (isNamespaced || hasName)
        {
            writer.WriteStartArray("parameters"u8);
            if (hasName)
            {
                OpenApiOperationWriter.WriteParameter(writer, "path", "name", "string", "name of the object", dialect);
            }

            if (isNamespaced)
            {
                OpenApiOperationWriter.WriteParameter(writer, "path", "namespace", "string", "object name and auth scope, such as for teams and projects", dialect);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }
}
