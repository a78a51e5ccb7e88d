using Strata.ApiServer.Registry.Core.Pods;

namespace Strata.ApiServer.Tests.Registry.Core;

public sealed class PodValidationTests
{
    private static readonly PodStrategy Strategy = new();

    /// <summary>A pod's spec and the one problem it has; upstream's words.</summary>
    public static TheoryData<string, string> OneProblem => new()
    {
        { "", "spec.containers: Required value" },
        { "containers: [{image: x}]", "spec.containers[0].name: Required value" },
        { "containers: [{name: a}]", "spec.containers[0].image: Required value" },
        { "containers: [{name: a, image: ' x'}]", "spec.containers[0].image: Invalid value: \" x\": must not have leading or trailing whitespace" },
        { "containers: [{name: a, image: x}, {name: a, image: x}]", "spec.containers[1].name: Duplicate value: \"a\"" },
        { "initContainers: [{name: a, image: x}], containers: [{name: a, image: x}]", "spec.containers[0].name: Duplicate value: \"a\"" },
        { One("imagePullPolicy: Sometimes"), "spec.containers[0].imagePullPolicy: Unsupported value: \"Sometimes\": supported values: \"Always\", \"IfNotPresent\", \"Never\"" },
        { One("restartPolicy: Always"), "spec.containers[0].restartPolicy: Forbidden: may not be set for non-init containers" },
        { One("ports: [{containerPort: 70000}]"), "spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive" },
        { One("ports: [{name: a}]"), "spec.containers[0].ports[0].containerPort: Required value" },
        { One("ports: [{containerPort: 1, protocol: HTTP}]"), "spec.containers[0].ports[0].protocol: Unsupported value: \"HTTP\": supported values: \"SCTP\", \"TCP\", \"UDP\"" },
        { One("ports: [{name: much-too-long-name, containerPort: 1}]"), "spec.containers[0].ports[0].name: Invalid value: \"much-too-long-name\": must be no more than 15 characters" },
        { One("ports: [{name: '80', containerPort: 1}]"), "spec.containers[0].ports[0].name: Invalid value: \"80\": must contain at least one letter (a-z)" },
        { One("ports: [{name: w, containerPort: 1}, {name: w, containerPort: 2}]"), "spec.containers[0].ports[1].name: Duplicate value: \"w\"" },
        { One("ports: [{containerPort: 1, hostPort: 8}, {containerPort: 2, hostPort: 8}]"), "spec.containers[0].ports[1].hostPort: Duplicate value: \"TCP//8\"" },
        { "hostNetwork: true, " + One("ports: [{containerPort: 1, hostPort: 2}]"), "spec.containers[0].ports[0].containerPort: Invalid value: 1: must match `hostPort` when `hostNetwork` is true" },
        { One("env: [{value: x}]"), "spec.containers[0].env[0].name: Required value" },
        { One("env: [{name: 'a=b'}]"), "spec.containers[0].env[0].name: Invalid value: \"a=b\": a valid environment variable name must consist only of printable ASCII characters other than '='" },
        { One("env: [{name: A, valueFrom: {}}]"), "spec.containers[0].env[0].valueFrom: Invalid value: \"\": must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `fileKeyRef`, or `secretKeyRef`" },
        { One("env: [{name: A, value: x, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]"), "spec.containers[0].env[0].valueFrom: Invalid value: \"\": may not be specified when `value` is not empty" },
        { One("env: [{name: A, valueFrom: {fieldRef: {fieldPath: metadata.nope}}}]"), "spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Invalid value: \"metadata.nope\": error converting fieldPath: field label not supported: metadata.nope" },
        { One("env: [{name: A, valueFrom: {configMapKeyRef: {name: c}}}]"), "spec.containers[0].env[0].valueFrom.configMapKeyRef.key: Required value" },
        { One("env: [{name: A, valueFrom: {resourceFieldRef: {resource: limits.cpu, divisor: '2'}}}]"), "spec.containers[0].env[0].valueFrom.resourceFieldRef.divisor: Invalid value: \"2\": only divisor's values 1m and 1 are supported with the cpu resource" },
        { One("envFrom: [{prefix: A_}]"), "spec.containers[0].envFrom[0]: Invalid value: \"\": must specify one of: `configMapRef` or `secretRef`" },
        { One("volumeMounts: [{name: v, mountPath: /v}]"), "spec.containers[0].volumeMounts[0].name: Not found: \"v\"" },
        { "volumes: [{name: v}], " + One("volumeMounts: [{name: v, mountPath: /v}, {name: v, mountPath: /v}]"), "spec.containers[0].volumeMounts[1].mountPath: Invalid value: \"/v\": must be unique" },
        { "volumes: [{name: v}], " + One("volumeMounts: [{name: v, mountPath: /v, subPath: a/../b}]"), "spec.containers[0].volumeMounts[0].subPath: Invalid value: \"a/../b\": must not contain '..'" },
        { "volumes: [{name: v}], " + One("volumeMounts: [{name: v, mountPath: /v, mountPropagation: Bidirectional}]"), "spec.containers[0].volumeMounts[0].mountPropagation: Forbidden: Bidirectional mount propagation is available only to privileged containers" },
        { "volumes: [{name: v}, {name: v}], " + One(""), "spec.volumes[1].name: Duplicate value: \"v\"" },
        { "volumes: [{name: v, emptyDir: {}, hostPath: {path: /x}}], " + One(""), "spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type" },
        { "volumes: [{name: v, configMap: {}}], " + One(""), "spec.volumes[0].configMap.name: Required value" },
        { "volumes: [{name: v, secret: {secretName: s, defaultMode: 512}}], " + One(""), "spec.volumes[0].secret.defaultMode: Invalid value: 512: must be a number between 0 and 0777 (octal), both inclusive" },
        { "volumes: [{name: v, configMap: {name: c, items: [{key: k, path: ../x}]}}], " + One(""), "spec.volumes[0].configMap.items[0].path: Invalid value: \"../x\": must not contain '..'" },
        { "volumes: [{name: v, projected: {sources: [{serviceAccountToken: {path: t, expirationSeconds: 60}}]}}], " + One(""), "spec.volumes[0].projected.sources[0].serviceAccountToken.expirationSeconds: Invalid value: 60: may not specify a duration less than 10 minutes" },
        { One("resources: {requests: {cpu: '2'}, limits: {cpu: '1'}}"), "spec.containers[0].resources.requests: Invalid value: \"2\": must be less than or equal to cpu limit of 1" },
        { One("resources: {requests: {memory: -1Mi}}"), "spec.containers[0].resources.requests[memory]: Invalid value: \"-1Mi\": must be greater than or equal to 0" },
        { One("resources: {requests: {gpu: 1}}"), "spec.containers[0].resources.requests[gpu]: Invalid value: \"gpu\": must be a standard resource for containers" },
        { One("resources: {requests: {example.com/gpu: 1}}"), "spec.containers[0].resources.limits: Required value: Limit must be set for non overcommitable resources" },
        { One("livenessProbe: {}"), "spec.containers[0].livenessProbe: Required value: must specify a handler type" },
        { One("livenessProbe: {tcpSocket: {port: 1}, exec: {command: [a]}}"), "spec.containers[0].livenessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type" },
        { One("livenessProbe: {successThreshold: 2, exec: {command: [a]}}"), "spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1" },
        { One("readinessProbe: {periodSeconds: -1, exec: {command: [a]}}"), "spec.containers[0].readinessProbe.periodSeconds: Invalid value: -1: must be greater than or equal to 0" },
        { One("readinessProbe: {httpGet: {port: 0}}"), "spec.containers[0].readinessProbe.httpGet.port: Invalid value: 0: must be between 1 and 65535, inclusive" },
        { One("lifecycle: {preStop: {exec: {}}}"), "spec.containers[0].lifecycle.preStop.exec.command: Required value" },
        { "initContainers: [{name: i, image: x, readinessProbe: {tcpSocket: {port: 1}}}], " + One(""), "spec.initContainers[0].readinessProbe: Forbidden: may not be set for init containers without restartPolicy=Always" },
        { "initContainers: [{name: i, image: x, restartPolicy: Never}], " + One(""), "spec.initContainers[0].restartPolicy: Unsupported value: \"Never\": supported values: \"Always\"" },
        { "restartPolicy: Maybe, " + One(""), "spec.restartPolicy: Unsupported value: \"Maybe\": supported values: \"Always\", \"OnFailure\", \"Never\"" },
        { "dnsPolicy: Other, " + One(""), "spec.dnsPolicy: Unsupported value: \"Other\": supported values: \"ClusterFirst\", \"ClusterFirstWithHostNet\", \"Default\", \"None\"" },
        { "dnsPolicy: None, " + One(""), "spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None" },
        { "dnsConfig: {nameservers: [nope]}, " + One(""), "spec.dnsConfig.nameservers[0]: Invalid value: \"nope\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)" },
        { "activeDeadlineSeconds: 0, " + One(""), "spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive" },
        { "tolerations: [{operator: Equal}], " + One(""), "spec.tolerations[0].operator: Invalid value: \"Equal\": operator must be Exists when `key` is empty, which means \"match all values and all keys\"" },
        { "tolerations: [{key: a, operator: Exists, tolerationSeconds: 3, effect: NoSchedule}], " + One(""), "spec.tolerations[0].effect: Invalid value: \"NoSchedule\": effect must be 'NoExecute' when `tolerationSeconds` is set" },
        { "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: []}}}, " + One(""), "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms: Required value: must have at least one node selector term" },
        { "affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 0, preference: {}}]}}, " + One(""), "spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: Invalid value: 0: must be in the range 1-100" },
        { "affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{labelSelector: {}}]}}, " + One(""), "spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Required value: can not be empty" },
        { "topologySpreadConstraints: [{maxSkew: 0, topologyKey: a, whenUnsatisfiable: DoNotSchedule}], " + One(""), "spec.topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero" },
        { "hostAliases: [{ip: 300.1.1.1}], " + One(""), "spec.hostAliases[0].ip: Invalid value: \"300.1.1.1\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)" },
        { One("securityContext: {privileged: true, allowPrivilegeEscalation: false}"), "spec.containers[0].securityContext: Invalid value: {\"privileged\":true,\"allowPrivilegeEscalation\":false}: cannot set `allowPrivilegeEscalation` to false and `privileged` to true" },
        { "securityContext: {runAsUser: -1}, " + One(""), "spec.securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive" },
        { "schedulingGates: [{name: g}], nodeName: n1, " + One(""), "spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared" },
    };

    [Theory]
    [MemberData(nameof(OneProblem))]
    public void A_pod_with_one_problem_is_told_exactly_that(string spec, string problem)
    {
        var pod = Rules.Yaml($"{{metadata: {{name: p}}, spec: {{{spec}}}}}");
        var problems = Rules.Create(Strategy, pod);
        Assert.Equal([problem], problems);
    }

    [Fact]
    public void Every_problem_is_reported_at_once()
    {
        var pod = Rules.Yaml("{metadata: {name: P}, spec: {restartPolicy: x, containers: [{name: A, ports: [{containerPort: 0}]}]}}");
        var problems = Rules.Create(Strategy, pod);
        Assert.Equal(["metadata.name", "spec.containers[0].name", "spec.containers[0].image", "spec.containers[0].ports[0].containerPort", "spec.restartPolicy"],
            problems.Select(static problem => problem[..problem.IndexOf(": ", StringComparison.Ordinal)]));
    }

    [Fact]
    public void A_rich_pod_is_valid()
    {
        var pod = Rules.Yaml(
            """
            metadata: {name: rich, labels: {app: rich, empty: ""}}
            spec:
              serviceAccountName: robot
              nodeSelector: {disk: ssd}
              dnsPolicy: None
              dnsConfig: {nameservers: [10.96.0.10], searches: [svc.cluster.local, _tcp.example.com., .], options: [{name: ndots, value: "2"}]}
              hostAliases: [{ip: "fd00::1", hostnames: [a.example.com]}]
              tolerations: [{operator: Exists}, {key: a, value: b, effect: NoExecute, tolerationSeconds: 5}]
              affinity:
                nodeAffinity:
                  requiredDuringSchedulingIgnoredDuringExecution:
                    nodeSelectorTerms:
                    - matchExpressions: [{key: cpus, operator: Gt, values: ["4"]}]
                      matchFields: [{key: metadata.name, operator: In, values: [n1]}]
                podAffinity:
                  preferredDuringSchedulingIgnoredDuringExecution:
                  - {weight: 5, podAffinityTerm: {topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: rich}}, namespaceSelector: {}}}
              topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, minDomains: 2, labelSelector: {matchLabels: {app: rich}}}]
              securityContext: {runAsUser: 1000, fsGroup: 2000, supplementalGroups: [1, 2], seccompProfile: {type: RuntimeDefault}, sysctls: [{name: net.ipv4.ip_forward, value: "1"}]}
              volumes:
              - {name: scratch, emptyDir: {medium: Memory, sizeLimit: 64Mi}}
              - {name: conf, configMap: {name: c, items: [{key: k, path: dir/k, mode: 256}]}}
              - {name: all, projected: {sources: [{secret: {name: s}}, {downwardAPI: {items: [{path: labels, fieldRef: {fieldPath: metadata.labels}}, {path: one, fieldRef: {fieldPath: "metadata.annotations['Example.com/a']"}}, {path: cpu, resourceFieldRef: {containerName: main, resource: limits.cpu, divisor: 1m}}]}}]}}
              initContainers:
              - {name: sidecar, image: log:1, restartPolicy: Always, startupProbe: {grpc: {port: 9000}}, ports: [{containerPort: 9000}]}
              - {name: prepare, image: busybox, command: [sh, -c, "true"]}
              containers:
              - name: main
                image: registry.example.com:5000/app@sha256:aaaa
                env:
                - {name: "with.dots and spaces", value: x}
                - {name: IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
                - {name: LABEL, valueFrom: {fieldRef: {fieldPath: "metadata.labels['app']"}}}
                - {name: MEM, valueFrom: {resourceFieldRef: {resource: limits.memory, divisor: 1Mi}}}
                envFrom: [{prefix: C_, configMapRef: {name: c}}, {secretRef: {name: s, optional: true}}]
                ports: [{name: http, containerPort: 80, hostPort: 8080, hostIP: 10.0.0.1}, {name: dns, containerPort: 53, protocol: UDP}]
                volumeMounts: [{name: scratch, mountPath: /tmp}, {name: conf, mountPath: /etc/c, subPath: dir, readOnly: true}]
                resources: {limits: {cpu: 500m, memory: 64Mi, example.com/gpu: 2, hugepages-2Mi: 4Mi}, requests: {cpu: 0.1}}
                livenessProbe: {httpGet: {port: http, httpHeaders: [{name: X-Probe, value: a}]}, terminationGracePeriodSeconds: 5}
                readinessProbe: {tcpSocket: {port: 80}, successThreshold: 2}
                lifecycle: {postStart: {exec: {command: [a]}}, preStop: {sleep: {seconds: 3}}}
                securityContext: {capabilities: {add: [NET_ADMIN], drop: [ALL]}, allowPrivilegeEscalation: false}
            """);
        Assert.Empty(Rules.Create(Strategy, pod));
    }

    [Theory]
    [InlineData("spec: 5")]
    [InlineData("spec: {containers: 5}")]
    [InlineData("spec: {containers: [5, null, {name: 5, image: [], ports: [7], env: {}, resources: [], volumeMounts: [x]}]}")]
    [InlineData("spec: {containers: [{name: a, image: x, resources: {limits: {cpu: [], memory: {}}}}], volumes: [null, 5, {name: {}}], tolerations: x, affinity: []}")]
    [InlineData("{metadata: {labels: [], annotations: 5, finalizers: {}, ownerReferences: [5]}}")]
    public void Wrong_types_are_no_crash(string yaml)
    {
        Assert.NotEmpty(Rules.Create(Strategy, Rules.Yaml(yaml)));
    }

    private static string One(string fields) => $"containers: [{{name: a, image: x{(fields.Length > 0 ? ", " : "")}{fields}}}]";
}
