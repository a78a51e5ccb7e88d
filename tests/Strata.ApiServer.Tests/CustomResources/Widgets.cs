using System.Net;
using System.Text.Json.Nodes;
using Strata.ApiServer.Tests.Server;
using Strata.Testing;

namespace Strata.ApiServer.Tests.CustomResources;

/// <summary>A definition with two versions and everything that a definition can have, and ways to change it.</summary>
internal static class Widgets
{
    public const string Definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

    public const string V1 = "/apis/example.com/v1/namespaces/default/widgets";

    public const string V2 = "/apis/example.com/v2/namespaces/default/widgets";

    public const string Yaml = """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata:
          name: widgets.example.com
        spec:
          group: example.com
          scope: Namespaced
          names: {plural: widgets, kind: Widget, shortNames: [wd], categories: [all]}
          versions:
          - name: v1
            served: true
            storage: true
            subresources:
              status: {}
              scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas, labelSelectorPath: .status.selector}
            selectableFields: [{jsonPath: .spec.color}]
            additionalPrinterColumns:
            - {name: Color, type: string, jsonPath: .spec.color}
            - {name: Replicas, type: integer, jsonPath: .spec.replicas}
            - {name: Ready, type: string, jsonPath: '.status.conditions[?(@.type=="Ready")].status', priority: 1}
            - {name: Age, type: date, jsonPath: .metadata.creationTimestamp}
            schema:
              openAPIV3Schema: &schema
                type: object
                description: A widget.
                properties:
                  spec:
                    type: object
                    description: What is wanted.
                    required: [color]
                    properties:
                      color: {type: string, description: Its color., enum: [red, green, blue]}
                      replicas: {type: integer, minimum: 0, maximum: 10, default: 1}
                      port: {x-kubernetes-int-or-string: true}
                      name: {type: string, pattern: '^[a-z]+$', maxLength: 5}
                      free: {type: object, x-kubernetes-preserve-unknown-fields: true}
                      tags: {type: array, x-kubernetes-list-type: set, items: {type: string}}
                      template:
                        type: object
                        x-kubernetes-embedded-resource: true
                        x-kubernetes-preserve-unknown-fields: true
                      items:
                        type: array
                        x-kubernetes-list-type: map
                        x-kubernetes-list-map-keys: [name]
                        items:
                          type: object
                          required: [name]
                          properties: {name: {type: string}, size: {type: integer, default: 3}}
                  status:
                    type: object
                    properties:
                      replicas: {type: integer}
                      selector: {type: string}
                      conditions:
                        type: array
                        items:
                          type: object
                          properties: {type: {type: string}, status: {type: string}}
          - name: v2
            served: true
            storage: false
            deprecated: true
            subresources: {status: {}}
            schema:
              openAPIV3Schema: *schema
        """;

    public static JsonObject Definition() => Registry.Rules.Yaml(Yaml);

    /// <summary>A definition with little in it, in a group of its own name.</summary>
    public static JsonObject Small(string plural, string kind, string group = "example.com", string schema = "{type: object, x-kubernetes-preserve-unknown-fields: true}") =>
        Registry.Rules.Yaml($$"""
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: {{plural}}.{{group}}}
            spec:
              group: {{group}}
              scope: Namespaced
              names: {plural: {{plural}}, kind: {{kind}}}
              versions:
              - name: v1
                served: true
                storage: true
                schema: {openAPIV3Schema: {{schema}} }
            """);

    /// <summary>Creates a definition and waits until it is established.</summary>
    public static async Task DefineAsync(this TestApi api, JsonObject definition)
    {
        (await api.PostAsync(Definitions, definition.ToJsonString())).Expect(HttpStatusCode.Created);
        await api.EstablishedAsync(definition["metadata"]!["name"]!.GetValue<string>());
    }

    public static Task EstablishedAsync(this TestApi api, string name) =>
        Eventually.TrueAsync(async () => (await api.GetAsync($"{Definitions}/{name}")).Json.ConditionOf("Established") == "True");

    public static string? ConditionOf(this JsonObject definition, string type, string field = "status") =>
        definition["status"]?["conditions"]?.AsArray().FirstOrDefault(condition => condition!["type"]!.GetValue<string>() == type)?[field]?.GetValue<string>();

    public static async Task<Answer> WidgetAsync(this TestApi api, string name, string spec = "{\"color\":\"red\"}", string path = V1) =>
        (await api.PostAsync(path, $$"""{"apiVersion":"{{ApiVersionOf(path)}}","kind":"Widget","metadata":{"name":"{{name}}"},"spec":{{spec}} }""")).Expect(HttpStatusCode.Created);

    private static string ApiVersionOf(string path) => path.StartsWith("/apis/example.com/v2", StringComparison.Ordinal) ? "example.com/v2" : "example.com/v1";
}
