namespace Strata.EndToEnd.Tests;

/// <summary>Custom resources with kubectl, in a cluster whose controllers know nothing of them.</summary>
[Collection(SharedClusterCollection.Name)]
public sealed class CustomResourceTests(SharedCluster shared)
{
    private TestCluster Cluster => shared.Cluster;

    [Fact]
    public async Task A_definition_with_two_versions_lives_its_whole_life()
    {
        var ns = await shared.NamespaceAsync("crd");
        await Cluster.KubectlAsync("apply -f -", Definition("gadgets", "Gadget"));
        await Cluster.KubectlAsync("wait --for=condition=Established crd/gadgets.example.org --timeout=30s");
        await Cluster.KubectlAsync($"apply -n {ns} -f -", Gadget("v1", "first", "small"));
        await Cluster.KubectlAsync($"apply -n {ns} -f -", Gadget("v2", "second", "large"));

        var table = await Cluster.KubectlAsync($"get gadgets -n {ns}");
        Assert.Matches(@"NAME +SIZE +REPLICAS +AGE\nfirst +small +1 +\S+\nsecond +large +1 +\S+\n", table);
        Assert.Equal("example.org/v1", await Cluster.KubectlAsync($"get gadgets.v1.example.org second -n {ns} -o 'jsonpath={{.apiVersion}}'"));
        Assert.Equal("first", await Cluster.KubectlAsync($"get gd -n {ns} --field-selector spec.size=small -o 'jsonpath={{.items[*].metadata.name}}'"));

        await Cluster.KubectlAsync($$$"""patch gadget first -n {{{ns}}} --type=merge -p '{"spec":{"size":"large"}}'""");
        await Cluster.KubectlAsync($$$"""patch gadget first -n {{{ns}}} --type=merge --subresource=status -p '{"status":{"replicas":1}}'""");
        await Cluster.KubectlAsync($"scale gadget/first -n {ns} --replicas=4");
        Assert.Equal("large 4 1 3", await Cluster.KubectlAsync($"get gadget first -n {ns} -o 'jsonpath={{.spec.size}} {{.spec.replicas}} {{.status.replicas}} {{.metadata.generation}}'"));
        Assert.Contains("How big it is.", await Cluster.KubectlAsync("explain gadget.spec.size"), StringComparison.Ordinal);

        var refused = await Cluster.TryKubectlAsync($"apply -n {ns} -f -", Gadget("v1", "third", "huge"));
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("spec.size: Unsupported value: \"huge\": supported values: \"small\", \"large\"", refused.ToString(), StringComparison.Ordinal);

        await Cluster.KubectlAsync($"delete gadget second -n {ns}");
        await Cluster.KubectlAsync("delete crd gadgets.example.org --timeout=60s");
        Assert.NotEqual(0, (await Cluster.TryKubectlAsync($"get gadgets -n {ns}")).ExitCode);
    }

    [Fact]
    public async Task A_definition_and_its_object_are_applied_from_one_file()
    {
        var ns = await shared.NamespaceAsync("crdfile");
        var file = $"{Definition("parts", "Part")}\n---\n{Gadget("v1", "one", "small").Replace("Gadget", "Part", StringComparison.Ordinal)}";
        await Cluster.TryKubectlAsync($"apply -n {ns} -f -", file); // The first run may come before the kind is known to kubectl.
        await Cluster.UntilAsync("get crd parts.example.org -o 'jsonpath={.status.conditions[?(@.type==\"Established\")].status}'", text => text == "True");
        await Cluster.KubectlAsync($"apply -n {ns} -f -", file);
        Assert.Contains("part.example.org/one unchanged", await Cluster.KubectlAsync($"apply -n {ns} -f -", file), StringComparison.Ordinal);
        await Cluster.KubectlAsync("delete crd parts.example.org --timeout=60s");
    }

    [Fact]
    public async Task Custom_resources_go_with_their_owners_and_their_namespace()
    {
        var ns = await shared.NamespaceAsync("crdgc");
        await Cluster.KubectlAsync("apply -f -", Definition("pieces", "Piece"));
        await Cluster.KubectlAsync("wait --for=condition=Established crd/pieces.example.org --timeout=30s");
        await Cluster.KubectlAsync($"create configmap owner -n {ns}");
        var uid = await Cluster.KubectlAsync($"get configmap owner -n {ns} -o 'jsonpath={{.metadata.uid}}'");
        await Cluster.KubectlAsync($"apply -n {ns} -f -", Gadget("v1", "owned", "small").Replace("Gadget", "Piece", StringComparison.Ordinal));
        await Cluster.KubectlAsync($$$"""patch piece owned -n {{{ns}}} --type=merge -p '{"metadata":{"ownerReferences":[{"apiVersion":"v1","kind":"ConfigMap","name":"owner","uid":"{{{uid}}}"}]}}'""");
        await Cluster.KubectlAsync($"delete configmap owner -n {ns}");
        await Cluster.UntilAsync($"get pieces -n {ns} -o name", text => text.Trim().Length == 0);

        await Cluster.KubectlAsync($"apply -n {ns} -f -", Gadget("v1", "left", "small").Replace("Gadget", "Piece", StringComparison.Ordinal));
        await Cluster.KubectlAsync($"delete namespace {ns} --timeout=60s");
        await Cluster.UntilAsync("get pieces -A -o name", text => text.Trim().Length == 0);
        await Cluster.KubectlAsync("delete crd pieces.example.org --timeout=60s");
    }

    private static string Gadget(string version, string name, string size) => $$"""
        apiVersion: example.org/{{version}}
        kind: Gadget
        metadata: {name: {{name}}}
        spec: {size: {{size}}}
        """;

    private static string Definition(string plural, string kind) => $$"""
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata:
          name: {{plural}}.example.org
        spec:
          group: example.org
          scope: Namespaced
          names: {plural: {{plural}}, kind: {{kind}}, shortNames: [{{plural[..1]}}d] }
          versions:
          - name: v1
            served: true
            storage: true
            subresources: &subresources
              status: {}
              scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas}
            selectableFields: &fields [{jsonPath: .spec.size}]
            additionalPrinterColumns: &columns
            - {name: Size, type: string, jsonPath: .spec.size}
            - {name: Replicas, type: integer, jsonPath: .spec.replicas}
            - {name: Age, type: date, jsonPath: .metadata.creationTimestamp}
            schema: &schema
              openAPIV3Schema:
                type: object
                properties:
                  spec:
                    type: object
                    properties:
                      size: {type: string, description: How big it is., enum: [small, large]}
                      replicas: {type: integer, default: 1, minimum: 0}
                  status:
                    type: object
                    properties: {replicas: {type: integer} }
          - name: v2
            served: true
            storage: false
            subresources: *subresources
            selectableFields: *fields
            additionalPrinterColumns: *columns
            schema: *schema
        """;
}
