namespace Strata.EndToEnd.Tests;

/// <summary>The verbs and flag families of kubectl that <see cref="KubectlTests"/>, <see cref="StreamTests"/>, <see cref="AccessTests"/> and <see cref="FieldOwnershipTests"/> do not use; many
/// checks a test, hardly any of which waits for a pod.</summary>
[Collection(SharedClusterCollection.Name)]
public sealed class KubectlVerbTests(SharedCluster shared)
{
    private TestCluster Cluster => shared.Cluster;

    [Fact]
    public async Task Every_generator_of_create_makes_its_object()
    {
        var ns = await shared.NamespaceAsync("generators");
        var folder = Directory.CreateTempSubdirectory("strata-create-");
        var file = Path.Combine(folder.FullName, "settings");
        await File.WriteAllTextAsync(file, "a=1\nb=2\n");
        var (certificate, key) = (Path.Combine(folder.FullName, "cert.pem"), Path.Combine(folder.FullName, "key.pem"));
        using (var pair = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256))
        {
            var request = new System.Security.Cryptography.X509Certificates.CertificateRequest("CN=a", pair, System.Security.Cryptography.HashAlgorithmName.SHA256);
            using var self = request.CreateSelfSigned(TimeProvider.System.GetUtcNow(), TimeProvider.System.GetUtcNow().AddDays(1));
            await File.WriteAllTextAsync(certificate, self.ExportCertificatePem());
            await File.WriteAllTextAsync(key, pair.ExportPkcs8PrivateKeyPem());
        }

        (string Command, string Check, string Expected)[] cases =
        [
            ($"job one --image=x -- echo hi", "job/one -o 'jsonpath={.spec.template.spec.containers[0].command[1]}'", "hi"),
            ("cronjob nightly --image=x '--schedule=0 0 1 1 *' -- date", "cronjob/nightly -o 'jsonpath={.spec.schedule}'", "0 0 1 1 *"),
            ("job from --from=cronjob/nightly", "job/from -o 'jsonpath={.metadata.ownerReferences[0].kind}'", "CronJob"),
            ("ingress site '--rule=a.b/x*=web:80,tls=cert' --class=c", "ingress/site -o 'jsonpath={.spec.rules[0].http.paths[0].pathType} {.spec.tls[0].secretName}'", "Prefix cert"),
            ("quota limit --hard=configmaps=50,requests.cpu=1500m", "quota/limit -o 'jsonpath={.spec.hard.requests\\.cpu}'", "1500m"),
            ("pdb few --selector=app=a --min-available=50%", "pdb/few -o 'jsonpath={.spec.minAvailable}'", "50%"),
            ("priorityclass verbs-class --value=5 --preemption-policy=Never", "priorityclass/verbs-class -o 'jsonpath={.value} {.preemptionPolicy}'", "5 Never"),
            ("secret docker-registry pull --docker-server=r --docker-username=u --docker-password=p", "secret/pull -o 'jsonpath={.type}'", "kubernetes.io/dockerconfigjson"),
            ($"secret tls cert --cert={certificate} --key={key}", "secret/cert -o 'jsonpath={.type}'", "kubernetes.io/tls"),
            ($"secret generic file --from-file=k={file}", "secret/file -o 'jsonpath={.data.k}'", "YT0xCmI9Mgo="),
            ($"configmap env --from-env-file={file}", "configmap/env -o 'jsonpath={.data.a}{.data.b}'", "12"),
            ($"configmap files --from-file={folder.FullName}", "configmap/files -o 'jsonpath={.data.settings}'", "a=1\nb=2\n"),
            ("service clusterip plain --tcp=80:8080", "service/plain -o 'jsonpath={.spec.ports[0].targetPort}'", "8080"),
            ("service clusterip headless --clusterip=None", "service/headless -o 'jsonpath={.spec.clusterIP}'", "None"),
            ("service nodeport node --tcp=80", "service/node -o 'jsonpath={.spec.type}'", "NodePort"),
            ("service loadbalancer balancer --tcp=80", "service/balancer -o 'jsonpath={.spec.allocateLoadBalancerNodePorts}'", "true"),
            ("service externalname outside --external-name=a.b", "service/outside -o 'jsonpath={.spec.externalName}'", "a.b"),
            ("serviceaccount robot", "serviceaccount/robot -o 'jsonpath={.metadata.name}'", "robot"),
            ("role reader --verb=get,list --resource=pods,deployments.apps --resource-name=a", "role/reader -o 'jsonpath={.rules[*].apiGroups[0]}{.rules[0].verbs[1]}'", " appslist"),
            ("rolebinding reads --role=reader --serviceaccount=generators:robot", "rolebinding/reads -o 'jsonpath={.subjects[0].name}'", "robot"),
            ("clusterrole verbs-role --verb=get --non-resource-url=/x", "clusterrole/verbs-role -o 'jsonpath={.rules[0].nonResourceURLs[0]}'", "/x"),
            ("clusterrolebinding verbs-binding --clusterrole=verbs-role --user=u", "clusterrolebinding/verbs-binding -o 'jsonpath={.roleRef.name}'", "verbs-role"),
            ("deployment web --image=strata.local/none --replicas=0 --port=80", "deployment/web -o 'jsonpath={.spec.template.spec.containers[0].ports[0].containerPort}'", "80"),
        ];
        foreach (var (command, check, expected) in cases)
        {
            Assert.EndsWith(" created\n", await Cluster.KubectlAsync($"-n {ns} create {command}"), StringComparison.Ordinal);
            Assert.Equal(expected, await Cluster.KubectlAsync($"get -n {ns} {check}"));
        }

        Assert.Equal(3, (await Cluster.KubectlAsync($"create token robot -n {ns} --duration=1h --audience=a")).Trim().Split('.').Length);
        Assert.Contains("kind: ConfigMap", await Cluster.KubectlAsync($"create configmap dry -n {ns} --dry-run=server -o yaml"), StringComparison.Ordinal);
        Assert.Equal(1, (await Cluster.TryKubectlAsync($"get configmap dry -n {ns}")).ExitCode);
        foreach (var described in (string[])["job/one", "cronjob/nightly", "ingress/site", "quota/limit", "pdb/few", "priorityclass/verbs-class", "secret/cert", "configmap/env", "service/node", "serviceaccount/robot", "role/reader", "rolebinding/reads", "clusterrole/verbs-role", "clusterrolebinding/verbs-binding", "deployment/web"])
        {
            Assert.Contains(described.Split('/')[1], await Cluster.KubectlAsync($"describe {described} -n {ns}"), StringComparison.Ordinal);
        }

        Assert.Contains("limit", await Cluster.KubectlAsync($"describe namespace {ns}"), StringComparison.Ordinal);
        await Cluster.KubectlAsync("delete priorityclass/verbs-class clusterrole/verbs-role clusterrolebinding/verbs-binding");
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Objects_are_changed_by_every_verb_that_changes_them()
    {
        var ns = await shared.NamespaceAsync("changes");
        await Cluster.KubectlAsync($"create deployment web --image=strata.local/none --replicas=0 --port=80 -n {ns}");
        await Cluster.KubectlAsync($"expose deployment web --port=80 -n {ns}");
        await Cluster.KubectlAsync($"autoscale deployment web --min=1 --max=3 --cpu-percent=50 -n {ns}");
        await Cluster.KubectlAsync($"delete hpa web -n {ns}"); // It would scale.
        await Cluster.KubectlAsync($"create serviceaccount robot -n {ns}");
        await Cluster.KubectlAsync($"create rolebinding reads --clusterrole=view --serviceaccount={ns}:robot -n {ns}");
        await Cluster.KubectlAsync($"create configmap settings --from-literal=C=d -n {ns}");

        await Cluster.KubectlAsync($"set env deployment/web A=b --from=configmap/settings -n {ns}");
        Assert.Contains("A=b", await Cluster.KubectlAsync($"set env deployment/web --list -n {ns}"), StringComparison.Ordinal);
        await Cluster.KubectlAsync($"set env deployment/web A- -n {ns}");
        await Cluster.KubectlAsync($"set resources deployment web --limits=cpu=100m,memory=64Mi --requests=cpu=50m -n {ns}");
        await Cluster.KubectlAsync($"set serviceaccount deployment web robot -n {ns}");
        await Cluster.KubectlAsync($"set selector service web a=b -n {ns}");
        await Cluster.KubectlAsync($"set subject rolebinding reads --user=jane -n {ns}");
        Assert.Equal("C 100m robot", await Cluster.KubectlAsync(
            $"get deployment web -n {ns} -o 'jsonpath={{.spec.template.spec.containers[0].env[*].name}} {{.spec.template.spec.containers[0].resources.limits.cpu}} {{.spec.template.spec.serviceAccountName}}'"));
        Assert.Equal("{\"a\":\"b\"}", await Cluster.KubectlAsync($"get service web -n {ns} -o 'jsonpath={{.spec.selector}}'"));
        Assert.Equal("robot jane", await Cluster.KubectlAsync($"get rolebinding reads -n {ns} -o 'jsonpath={{.subjects[*].name}}'"));

        await Cluster.KubectlAsync($"rollout restart deployment/web -n {ns}");
        await Cluster.KubectlAsync($"rollout pause deployment/web -n {ns}");
        Assert.Equal("true", await Cluster.KubectlAsync($"get deployment web -n {ns} -o 'jsonpath={{.spec.paused}}'"));
        await Cluster.KubectlAsync($"rollout resume deployment/web -n {ns}");
        Assert.Contains("restartedAt", await Cluster.KubectlAsync($"get deployment web -n {ns} -o yaml"), StringComparison.Ordinal);
        await Cluster.KubectlAsync($"scale deployment web --current-replicas=0 --replicas=0 -n {ns}");
        Assert.Equal(1, (await Cluster.TryKubectlAsync($"scale deployment web --current-replicas=7 --replicas=0 -n {ns}")).ExitCode);
        foreach (var (type, patch) in ((string, string)[])[("merge", "{\"spec\":{\"replicas\":0}}"), ("json", "[{\"op\":\"replace\",\"path\":\"/spec/replicas\",\"value\":0}]")])
        {
            await Cluster.KubectlAsync($"patch deployment web --subresource=scale --type={type} -p '{patch}' -n {ns}");
        }

        foreach (var type in (string[])["merge", "strategic"])
        {
            await Cluster.KubectlAsync($"patch service web --subresource=status --type={type} -p '{{\"status\":{{\"loadBalancer\":{{}}}}}}' -n {ns}");
        }

        await Cluster.KubectlAsync($"label configmap -l '!none' tier=test -n {ns}");
        Assert.Equal(1, (await Cluster.TryKubectlAsync($"label configmap settings tier=other -n {ns}")).ExitCode);
        await Cluster.KubectlAsync($"label configmap settings tier=other --overwrite -n {ns}");
        await Cluster.KubectlAsync($"annotate configmap --all note=kept -n {ns}");
        await Cluster.KubectlAsync($"label configmap settings tier- -n {ns}");
        Assert.Equal("kept", await Cluster.KubectlAsync($"get configmap settings -n {ns} -o 'jsonpath={{.metadata.labels.tier}}{{.metadata.annotations.note}}'"));

        var uid = await Cluster.KubectlAsync($"get configmap settings -n {ns} -o 'jsonpath={{.metadata.uid}}'");
        var yaml = await Cluster.KubectlAsync($"get configmap settings -n {ns} -o yaml");
        Assert.Contains("replaced", await Cluster.KubectlAsync($"replace -n {ns} -f -", yaml.Replace("C: d", "C: e", StringComparison.Ordinal)), StringComparison.Ordinal);
        await Cluster.KubectlAsync($"replace --force -n {ns} -f -", yaml);
        Assert.NotEqual(uid, await Cluster.KubectlAsync($"get configmap settings -n {ns} -o 'jsonpath={{.metadata.uid}}'"));
    }

    [Fact]
    public async Task Files_are_compared_applied_and_pruned()
    {
        var ns = await shared.NamespaceAsync("applies");
        const string one = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: one\n  labels: {set: a}\ndata: {v: 'VALUE'}\n";
        const string two = "---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: two\n  labels: {set: a}\n";
        await Cluster.KubectlAsync($"apply -n {ns} -f -", one + two);
        var difference = await Cluster.TryKubectlAsync($"diff -n {ns} -f -", one.Replace("VALUE", "changed", StringComparison.Ordinal));
        Assert.Equal(1, difference.ExitCode);
        Assert.Contains("+  v: changed", difference.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await Cluster.TryKubectlAsync($"diff -n {ns} -f -", one)).ExitCode);
        Assert.Equal(1, (await Cluster.TryKubectlAsync($"diff --server-side -n {ns} -f -", one.Replace("VALUE", "changed", StringComparison.Ordinal))).ExitCode);

        Assert.Contains("configmap/two pruned", await Cluster.KubectlAsync($"apply -n {ns} --prune -l set=a --prune-allowlist=core/v1/ConfigMap -f -", one), StringComparison.Ordinal);
        Assert.Contains("name: one", await Cluster.KubectlAsync($"apply view-last-applied configmap/one -n {ns}"), StringComparison.Ordinal);
        Assert.Contains("serverside-applied (server dry run)", await Cluster.KubectlAsync($"apply --server-side --dry-run=server --force-conflicts --field-manager=x -n {ns} -f -", one), StringComparison.Ordinal);

        var folder = Directory.CreateTempSubdirectory("strata-kustomize-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "kustomization.yaml"), "namePrefix: kz-\nconfigMapGenerator:\n- name: m\n  literals: [a=b]\n  options: {disableNameSuffixHash: true}\n");
        await Cluster.KubectlAsync($"apply -n {ns} -k {folder}");
        Assert.Equal("b", await Cluster.KubectlAsync($"get configmap kz-m -n {ns} -o 'jsonpath={{.data.a}}'"));
        await Cluster.KubectlAsync($"delete -n {ns} -k {folder}");
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Get_obeys_every_flag()
    {
        var ns = await shared.NamespaceAsync("gets");
        foreach (var name in (string[])["b", "a", "c"])
        {
            await Cluster.KubectlAsync($"create configmap {name} -n {ns} --from-literal=k={name}");
            await Cluster.KubectlAsync($"label configmap {name} set=x -n {ns}");
        }

        (string Arguments, string Expected)[] cases =
        [
            ("-o name", "configmap/a\nconfigmap/b\nconfigmap/c\n"),
            ("--sort-by=.data.k --no-headers -o custom-columns=:.metadata.name", "a\nb\nc\n"),
            ("--field-selector metadata.name=b -o name", "configmap/b\n"),
            ("--field-selector metadata.name!=b -o name", "configmap/a\nconfigmap/c\n"),
            ("--chunk-size=1 -o name", "configmap/a\nconfigmap/b\nconfigmap/c\n"),
            ("-o 'go-template={{range .items}}{{.data.k}}{{end}}'", "abc"),
            ("-o 'jsonpath={.items[?(@.data.k==\"b\")].metadata.name}'", "b"),
            ("-o 'custom-columns=NAME:.metadata.name,K:.data.k'", "NAME   K\na      a\nb      b\nc      c\n"),
        ];
        foreach (var (arguments, expected) in cases)
        {
            Assert.Equal(expected, await Cluster.KubectlAsync($"get configmaps -l set=x -n {ns} {arguments}"));
        }

        Assert.Contains("set=x", await Cluster.KubectlAsync($"get configmap a -n {ns} --show-labels"), StringComparison.Ordinal);
        Assert.Contains("SET", await Cluster.KubectlAsync($"get configmap a -n {ns} -L set -o wide"), StringComparison.Ordinal);
        Assert.Contains(ns, await Cluster.KubectlAsync("get configmaps -A -l set=x"), StringComparison.Ordinal);
        Assert.Contains("service/kubernetes", await Cluster.KubectlAsync("get all -A"), StringComparison.Ordinal);
        Assert.Equal("ok", await Cluster.KubectlAsync("get --raw /readyz"));
        Assert.Equal("", await Cluster.KubectlAsync($"get configmap none -n {ns} --ignore-not-found"));
        Assert.Contains("a ", await Cluster.KubectlAsync($"get configmaps -n {ns} --server-print=false"), StringComparison.Ordinal);

        var watch = Cluster.KubectlUntilAsync($"get configmaps -n {ns} -w --output-watch-events -l set=x --no-headers", static line => line.StartsWith("DELETED", StringComparison.Ordinal));
        await Cluster.KubectlAsync($"annotate configmap a x=y -n {ns}");
        await Cluster.KubectlAsync($"delete configmap c -n {ns}");
        Assert.Contains(await watch, static line => line.StartsWith("ADDED", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Delete_and_wait_obey_every_flag()
    {
        var ns = await shared.NamespaceAsync("deletes");
        foreach (var name in (string[])["a", "b", "c", "d"])
        {
            await Cluster.KubectlAsync($"run {name} -n {ns} --image=x --labels=set={name} --restart=Never '--overrides={{\"spec\":{{\"schedulerName\":\"none\"}}}}'");
        }

        await Cluster.KubectlAsync($"delete pod a -n {ns} --now --wait=false");
        await Cluster.KubectlAsync($"wait -n {ns} --for=delete pod/a --timeout=30s");
        Assert.Contains("(server dry run)", await Cluster.KubectlAsync($"delete pod b -n {ns} --dry-run=server"), StringComparison.Ordinal);
        await Cluster.KubectlAsync($"delete pod -l set=b -n {ns} --grace-period=0 --force");
        await Cluster.KubectlAsync($"wait -n {ns} --for=jsonpath={{.status.phase}}=Pending pod/c --timeout=30s");
        Assert.Contains("timed out", (await Cluster.TryKubectlAsync($"wait -n {ns} --for=condition=Ready pod/c --timeout=1s")).Errors, StringComparison.Ordinal);
        await Cluster.KubectlAsync($"wait -n {ns} --for=create pod/c --timeout=30s");
        await Cluster.KubectlAsync($"delete pods --all -n {ns}");
        Assert.Equal("", await Cluster.KubectlAsync($"get pods -n {ns} -o name"));

        await Cluster.KubectlAsync($"create deployment web --image=x --replicas=0 -n {ns}");
        await Cluster.UntilAsync($"get replicasets -n {ns} -o name", static text => text.Length > 0);
        await Cluster.KubectlAsync($"delete deployment web -n {ns} --cascade=foreground");
        Assert.Equal("", await Cluster.KubectlAsync($"get deployments,replicasets -n {ns} -o name"));
    }

    [Fact]
    public async Task The_cluster_describes_itself()
    {
        Assert.Contains("control plane", await Cluster.KubectlAsync("cluster-info"), StringComparison.Ordinal);
        var folder = Directory.CreateTempSubdirectory("strata-dump-").FullName;
        await Cluster.KubectlAsync($"cluster-info dump --output-directory={folder} --namespaces=kube-system");
        Assert.True(File.Exists(Path.Combine(folder, "nodes.json")));
        Directory.Delete(folder, recursive: true);
        Assert.Contains("deployments.apps", await Cluster.KubectlAsync("api-resources --verbs=list --namespaced -o name"), StringComparison.Ordinal);
        Assert.Contains("autoscaling/v1\n", await Cluster.KubectlAsync("api-versions"), StringComparison.Ordinal);
        Assert.Contains("targetCPUUtilizationPercentage", await Cluster.KubectlAsync("explain hpa.spec --api-version=autoscaling/v1"), StringComparison.Ordinal);
        Assert.Contains("Server Version", await Cluster.KubectlAsync("version"), StringComparison.Ordinal);
        Assert.Contains("client-key-data", await Cluster.KubectlAsync("config view --minify"), StringComparison.Ordinal);
        Assert.Contains("Healthy", await Cluster.KubectlAsync("get componentstatuses"), StringComparison.Ordinal);
        Assert.Contains("Metrics API not available", (await Cluster.TryKubectlAsync("top nodes")).Errors, StringComparison.Ordinal);
        Assert.Contains("not found", (await Cluster.TryKubectlAsync("certificate approve nobody")).Errors, StringComparison.Ordinal);

        await using var proxy = RunningCommand.Start("kubectl", ["proxy", "--port=0"], Cluster.Environment);
        var line = await proxy.UntilAsync(static text => text.Contains("Starting to serve on", StringComparison.Ordinal));
        using var http = new HttpClient();
        Assert.Contains("\"major\"", await http.GetStringAsync(new Uri($"http://{line.Split(' ')[^1]}/version"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_is_tainted_cordoned_and_drained_as_a_dry_run()
    {
        // A node of the test's own, so that others keep theirs.
        await Cluster.KubectlAsync("create -f -", "apiVersion: v1\nkind: Node\nmetadata:\n  name: verbs-node\n  labels: {verbs: node}\n");
        await Cluster.KubectlAsync("taint node verbs-node a=b:NoSchedule c:NoExecute");
        Assert.Equal("NoSchedule", await Cluster.KubectlAsync("get node verbs-node -o 'jsonpath={.spec.taints[?(@.key==\"a\")].effect}'"));
        await Cluster.KubectlAsync("taint node verbs-node a- c-");
        Assert.Contains("cordoned", await Cluster.KubectlAsync("cordon -l verbs=node"), StringComparison.Ordinal);
        Assert.Contains("SchedulingDisabled", await Cluster.KubectlAsync("get node verbs-node"), StringComparison.Ordinal);
        Assert.Contains("drained", await Cluster.KubectlAsync("drain verbs-node --ignore-daemonsets --delete-emptydir-data --dry-run=server"), StringComparison.Ordinal);
        await Cluster.KubectlAsync("uncordon verbs-node");
        Assert.Contains("verbs-node", await Cluster.KubectlAsync("describe node verbs-node"), StringComparison.Ordinal);
        await Cluster.KubectlAsync("delete node verbs-node");
    }

    [Fact]
    public async Task A_debug_container_joins_a_running_pod_and_a_copy_can_be_changed()
    {
        var ns = await shared.NamespaceAsync("debugs");
        await Cluster.KubectlAsync($"run web -n {ns} --image={SharedCluster.Image} --image-pull-policy=IfNotPresent");
        await Cluster.KubectlAsync($"wait -n {ns} --for=condition=Ready pod/web --timeout=60s");
        await Cluster.KubectlAsync($"debug web -n {ns} --image={SharedCluster.Image} --image-pull-policy=IfNotPresent --container=look --target=web -- echo seen");
        await Cluster.UntilAsync($"logs web -c look -n {ns}", static text => text == "seen\n");
        await Cluster.KubectlAsync($"debug web -n {ns} --copy-to=copy --set-image=web={SharedCluster.SecondImage} --attach=false");
        Assert.Equal(SharedCluster.SecondImage, await Cluster.KubectlAsync($"get pod copy -n {ns} -o 'jsonpath={{.spec.containers[0].image}}'"));
        Assert.Contains("Started", await Cluster.UntilAsync($"events --for pod/web --types=Normal -n {ns}", static text => text.Contains("Started", StringComparison.Ordinal)), StringComparison.Ordinal);
        await Cluster.KubectlAsync($"delete pods --all --now -n {ns}");
    }
}
