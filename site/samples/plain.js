/** What a course page can do with the element: ask the model, and hear what a learner does. */
const explorer = document.querySelector("lm-explorer");
const said = document.querySelector("#said");

explorer.addEventListener("lm-ready", async () => {
  const { candidates: [first] } = await explorer.next({ text: "The capital of Italy is" }, { top_k: 1 });
  said.textContent = `The model's first choice: “${first.text}”, with a probability of ${(100 * first.prob).toFixed(1)} percent.`;
});
explorer.addEventListener("lm-event", ({ detail: { verb, object, result } }) => {
  // Here a course platform makes an xAPI statement of it, with the learner that only it knows.
  console.info(verb, object, result);
});
